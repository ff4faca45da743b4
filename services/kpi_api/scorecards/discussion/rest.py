"""REST doors of comments on a scorecard."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.discussion import actions, queries
from kpi_api.scorecards.discussion.schemas import NewThreadComment, ThreadCommentOutput

router = APIRouter(prefix="/v1/scorecards/{scorecard_id}/comments", tags=["scorecards"], route_class=TransactionalRoute)


@router.get("", summary="List what was said about a scorecard")
async def list_comments(
    scorecard_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    kpi_id: Annotated[UUID | None, Query(description="Only about this KPI.")] = None,
) -> Page[ThreadCommentOutput]:
    """Comments and replies, oldest first, for whoever sees the scorecard."""
    rows = await queries.comments(viewer, session, page, scorecard_id, kpi_id=kpi_id)
    return Page(items=[ThreadCommentOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Comment on a scorecard")
async def post_comment(
    scorecard_id: UUID, given: NewThreadComment, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> ThreadCommentOutput:
    """On all of it, on one KPI, or in reply to another comment: the person, their manager and HR do."""
    return ThreadCommentOutput.model_validate(await actions.comment(viewer, session, scorecard_id, given))


@router.delete("/{comment_id}", status_code=204, summary="Remove a comment's text")
async def delete_comment(scorecard_id: UUID, comment_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """By who wrote it, or HR. Its place stays, so that replies can be read."""
    await actions.remove(viewer, session, scorecard_id, comment_id)
