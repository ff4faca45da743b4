"""Reads of comments on a scorecard, for whoever sees it."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.cascade.queries import among
from kpi_api.cascade.schemas import PersonName
from kpi_api.people.models import Person
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.discussion.models import ThreadComment
from kpi_api.scorecards.discussion.schemas import ThreadCommentOutput


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


async def shown(session: ReadSession, rows: list[ThreadComment]) -> list[ThreadCommentOutput]:
    """Comments with the names of who wrote them."""
    named = select(Person.id, Person.display_name).where(among(Person.id, {row.author_id for row in rows}))
    names = dict((await session.execute(named)).all())
    return [_shown(row, names[row.author_id]) for row in rows]


def _shown(row: ThreadComment, name: str) -> ThreadCommentOutput:
    written = {field: getattr(row, field) for field in ThreadCommentOutput.model_fields if field != "author"}
    return ThreadCommentOutput(**written, author=PersonName(id=row.author_id, name=name))
