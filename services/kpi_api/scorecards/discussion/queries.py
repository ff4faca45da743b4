"""Reads of comments on a scorecard, for whoever sees it."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.discussion.models import ThreadComment


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
