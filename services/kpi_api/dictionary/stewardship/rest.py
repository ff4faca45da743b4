"""REST doors of stewardship: business changes, and the reviews of definitions that they, the calendar and leavers open."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.access import Viewer
from chassis.dates import WrittenDate
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from chassis.verbs import verb_output
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.stewardship import actions, queries
from kpi_api.dictionary.stewardship.models import BusinessChange, DefinitionReview
from kpi_api.dictionary.stewardship.schemas import (
    BusinessChangeInput,
    BusinessChangeOutput,
    Completion,
    Reassigned,
    Reassignment,
    ReviewOutput,
)

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.post("/business-changes", status_code=201, summary="Record a business change")
async def record_business_change(
    given: BusinessChangeInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> BusinessChangeOutput:
    """A process, price, segment or the organization changes: each definition that it touches is to be reviewed (S2, step 2)."""
    change, touched = await actions.record_business_change(viewer, session, given)
    return _change_shown(change, touched)


@router.get("/business-changes", summary="List business changes")
async def list_business_changes(viewer: CurrentViewer, session: Read, page: Paging) -> Page[BusinessChangeOutput]:
    """What changed in the business, the latest first, with the definitions that it touched."""
    rows = await fetch_page(
        session,
        queries.changes(viewer),
        page,
        keys=[(BusinessChange.effective_on, lambda row: row.effective_on), (BusinessChange.id, lambda row: row.id)],
        scope=f"business_changes {viewer.subject}",
        descending=True,
    )
    touched = await queries.definitions_of(session, [row.id for row in rows])
    return Page(items=[_change_shown(row, touched[row.id]) for row in rows], next=page.link_next(rows))


def _change_shown(change: BusinessChange, touched: list[UUID]) -> BusinessChangeOutput:
    names = ("id", "kind", "name", "description", "effective_on", "recorded_at")
    return BusinessChangeOutput(**{name: getattr(change, name) for name in names}, definition_ids=touched)


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
    rows = await fetch_page(
        session,
        queries.reviews(viewer, open_only=open_only, mine=mine, due_by=due_by),
        page,
        keys=[(DefinitionReview.due_on, lambda row: row.due_on), (DefinitionReview.id, lambda row: row.id)],
        scope=f"definition_reviews {viewer.subject} {open_only} {mine} {due_by}",
    )
    owners = await queries.owners(session, {row.definition_id for row in rows})
    return Page(items=[await _review_shown(viewer, row, owners[row.definition_id]) for row in rows], next=page.link_next(rows))


@router.post("/definition-reviews/{review_id}/complete", summary="Complete a review of a definition")
async def complete_review(review_id: UUID, given: Completion, viewer: CurrentViewer, session: Write) -> ReviewOutput:
    """Say what came of it: confirmed, a new version, or retired. By the definition's owner or HR."""
    review = await actions.complete(viewer, session, review_id, given)
    owners = await queries.owners(session, [review.definition_id])
    return await _review_shown(viewer, review, owners[review.definition_id])


async def _review_shown(viewer: Viewer, review: DefinitionReview, definition: Any) -> ReviewOutput:
    names = ("id", "definition_id", "reason", "business_change_id", "opened_on", "due_on", "outcome", "note", "completed_at")
    verbs = [await verb_output("complete", lambda: actions.require_completable(viewer, review, definition))]
    facts = {name: getattr(review, name) for name in names}
    return ReviewOutput(**facts, definition_code=definition.code, owner_id=definition.owner_id, verbs=verbs)


@router.post("/definitions/reassign", summary="Hand on definitions")
async def reassign(given: Reassignment, viewer: CurrentViewer, session: Write) -> Reassigned:
    """Everything that one person owns or stewards in the dictionary passes to another."""
    return await actions.reassign(viewer, session, given)
