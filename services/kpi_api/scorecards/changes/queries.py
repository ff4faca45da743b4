"""Reads of changes: who sees a scorecard sees what is asked of it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.sight import sees_of_person
from kpi_api.cascade.queries import among
from kpi_api.scorecards.changes.models import ChangeStatus, ScorecardChange
from kpi_api.scorecards.models import Scorecard, ScorecardComment


def visible(viewer: Viewer) -> Select[ScorecardChange]:
    """Changes of scorecards in the viewer's sight."""
    same = (Scorecard.organization_id == ScorecardChange.organization_id) & (Scorecard.id == ScorecardChange.scorecard_id)
    in_sight = sees_of_person(viewer, "scorecard", Scorecard.person_id)
    return select(ScorecardChange).join(Scorecard, same).where(Scorecard.organization_id == viewer.organization_id, in_sight)


async def changes(
    viewer: Viewer, session: ReadSession, page: PageRequest, *, scorecard_id: UUID | None = None, status: ChangeStatus | None = None
) -> Rows[ScorecardChange]:
    """Requests in sight by age, of one scorecard or all."""
    statement = visible(viewer)
    if scorecard_id is not None:
        statement = statement.where(ScorecardChange.scorecard_id == scorecard_id)
    if status is not None:
        statement = statement.where(ScorecardChange.status == status)
    keys = [(ScorecardChange.id, lambda row: row.id)]
    return await fetch_page(session, statement, page, keys=keys, scope=f"scorecard_changes {viewer.subject} {scorecard_id} {status}")


async def change(viewer: Viewer, session: ReadSession, change_id: UUID) -> ScorecardChange:
    """Raises NotFound."""
    found = await session.scalar(visible(viewer).where(ScorecardChange.id == change_id))
    if found is None:
        raise NotFound()
    return found


async def successor_of(session: ReadSession, scorecard_id: UUID) -> UUID | None:
    """The scorecard that succeeds this one. The caller has found the viewer to see it, and so its successor, which is the same person's."""
    return await session.scalar(select(Scorecard.id).where(Scorecard.succeeds_id == scorecard_id))


async def pending(session: ReadSession, scorecard_id: UUID) -> Sequence[ScorecardChange]:
    """What is asked of a scorecard and not answered yet, locked by whoever has locked the scorecard."""
    mine = (ScorecardChange.scorecard_id == scorecard_id, ScorecardChange.status == "pending")
    return (await session.scalars(select(ScorecardChange).where(*mine).order_by(ScorecardChange.id))).all()


async def reason_of(session: ReadSession, change_id: UUID) -> str | None:
    """What was said with the request; null where nothing was, or it was erased."""
    return await session.scalar(select(ScorecardComment.text).where(ScorecardComment.id == change_id))


async def changes_of_cards(viewer: Viewer, session: ReadSession, card_ids: Collection[UUID]) -> dict[UUID, list[ScorecardChange]]:
    """By scorecard in sight what was asked of it, oldest first."""
    found: dict[UUID, list[ScorecardChange]] = {}
    statement = visible(viewer).where(among(ScorecardChange.scorecard_id, card_ids)).order_by(ScorecardChange.id)
    for change in await session.scalars(statement):
        found.setdefault(change.scorecard_id, []).append(change)
    return found
