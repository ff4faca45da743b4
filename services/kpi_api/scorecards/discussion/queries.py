"""Reads of comments on a scorecard, for whoever sees it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.cascade.queries import among
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.discussion.models import ThreadComment
from kpi_api.scorecards.models import Scorecard


async def comments(
    viewer: Viewer, session: ReadSession, page: PageRequest, scorecard_id: UUID, *, kpi_id: UUID | None = None
) -> Rows[ThreadComment]:
    """What was said about a scorecard in sight or one KPI on it, oldest first. Raises NotFound."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    statement = select(ThreadComment).where(ThreadComment.scorecard_id == card.id)
    if kpi_id is not None:
        statement = statement.where(ThreadComment.kpi_id == kpi_id)
    scope = f"scorecard_comments {viewer.subject} {scorecard_id} {kpi_id}"
    return await fetch_page(session, statement, page, keys=[(ThreadComment.id, lambda row: row.id)], scope=scope)


async def comments_of_cards(viewer: Viewer, session: ReadSession, scorecard_ids: Collection[UUID]) -> dict[UUID, list[ThreadComment]]:
    """By scorecard in sight everything that was said about it, oldest first."""
    seen = scorecards.visible(viewer).where(among(Scorecard.id, scorecard_ids)).with_only_columns(Scorecard.id)
    found: dict[UUID, list[ThreadComment]] = {}
    for row in await session.scalars(select(ThreadComment).where(ThreadComment.scorecard_id.in_(seen)).order_by(ThreadComment.id)):
        found.setdefault(row.scorecard_id, []).append(row)
    return found
