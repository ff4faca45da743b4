"""REST doors of stewardship: business changes, and the reviews of definitions that they, the calendar and leavers open."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.dates import WrittenDate
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.stewardship import actions, queries
from kpi_api.dictionary.stewardship.schemas import (
    BusinessChangeInput,
    BusinessChangeOutput,
    Completion,
    Reassigned,
    Reassignment,
    ReviewOutput,
)
from kpi_api.dictionary.stewardship.shown import change_shown, reviews_shown

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.post("/business-changes", status_code=201, summary="Record a business change")
async def record_business_change(
    given: BusinessChangeInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> BusinessChangeOutput:
    """A process, price, segment or the organization changes: each definition that it touches is to be reviewed (S2, step 2)."""
    change, touched = await actions.record_business_change(viewer, session, given)
    return change_shown(change, touched)


@router.get("/business-changes", summary="List business changes")
async def list_business_changes(viewer: CurrentViewer, session: Read, page: Paging) -> Page[BusinessChangeOutput]:
    """What changed in the business, the latest first, with the definitions that it touched."""
    rows = await queries.changes_page(viewer, session, page)
    touched = await queries.definitions_of(session, [row.id for row in rows])
    return Page(items=[change_shown(row, touched[row.id]) for row in rows], next=page.link_next(rows))


@router.get("/definition-reviews", summary="List reviews of definitions")
async def list_reviews(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    open_only: Annotated[bool, Query(description="Only those not completed.")] = True,
    mine: Annotated[bool, Query(description="Only of definitions that you own.")] = False,
    due_by: Annotated[WrittenDate | None, Query(description="Only those due by this day.")] = None,
) -> Page[ReviewOutput]:
    """Definitions to be looked at, the first due first: after a business change, on their day, or since somebody left."""
    rows = await queries.reviews_page(viewer, session, page, open_only=open_only, mine=mine, due_by=due_by)
    return Page(items=await reviews_shown(viewer, session, rows), next=page.link_next(rows))


@router.post("/definition-reviews/{review_id}/complete", summary="Complete a review of a definition")
async def complete_review(review_id: UUID, given: Completion, viewer: CurrentViewer, session: Write) -> ReviewOutput:
    """Say what came of it: confirmed, a new version, or retired. By the definition's owner or HR."""
    review = await actions.complete(viewer, session, review_id, given)
    [shown] = await reviews_shown(viewer, session, [review])
    return shown


@router.post("/definitions/reassign", summary="Hand on definitions")
async def reassign(given: Reassignment, viewer: CurrentViewer, session: Write) -> Reassigned:
    """Everything that one person owns or stewards in the dictionary passes to another."""
    return await actions.reassign(viewer, session, given)
