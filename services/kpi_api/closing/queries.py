"""Reads of closings, for those who run the year."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.access.sight import sees_person
from kpi_api.closing.models import Closing
from kpi_api.closing.schemas import NotAgreed
from kpi_api.scorecards.models import Scorecard

MOST_LISTED = 200


async def latest(session: ReadSession, cycle_id: UUID) -> Closing | None:
    """The cycle's last closing. The caller has checked that the viewer may know."""
    return await session.scalar(select(Closing).where(Closing.cycle_id == cycle_id).order_by(Closing.id.desc()).limit(1))


async def closing(viewer: Viewer, session: ReadSession, cycle_id: UUID) -> Closing:
    """The cycle's last closing. Raises NotAllowed, NotFound while it was not begun."""
    viewer.require("closings.read")
    found = await latest(session, cycle_id)
    if found is None:
        raise NotFound()
    return found


async def left_out(viewer: Viewer, session: ReadSession, cycle_id: UUID) -> tuple[int, list[NotAgreed]]:
    """How many scorecards nobody agreed in time, and the first of those in sight. The caller has found the closing for its viewer."""
    where = Scorecard.cycle_id == cycle_id, Scorecard.status == "closed_not_agreed"
    count = await session.scalar(select(func.count()).select_from(Scorecard).where(*where))
    some = select(Scorecard.id, Scorecard.person_id).where(*where, sees_person(viewer, Scorecard.person_id))
    rows = await session.execute(some.order_by(Scorecard.id).limit(MOST_LISTED))
    return count or 0, [NotAgreed(scorecard_id=row.id, person_id=row.person_id) for row in rows]


async def closed_scorecards(session: ReadSession, cycle_id: UUID) -> Sequence[UUID]:
    """The cycle's scorecards that are scored, by id. Asks for no viewer: it feeds the snapshot."""
    statement = select(Scorecard.id).where(Scorecard.cycle_id == cycle_id, Scorecard.status == "closed")
    return (await session.scalars(statement.order_by(Scorecard.id))).all()
