"""REST doors of reviews and check-ins. Each answers the review as the viewer then sees it, with the entity tag of exactly that."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from chassis.access import Viewer
from chassis.bulk import BulkResult
from chassis.database import ReadSession
from chassis.etags import IfMatch
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.reviews import actions, check_ins, queries
from kpi_api.reviews.lifecycle import Stage
from kpi_api.reviews.models import Review
from kpi_api.reviews.schemas import AssessmentInput, CheckInInput, CheckInOutput, ReleaseInput, ReviewOpening, ReviewOutput, ReviewSummary
from kpi_api.reviews.shown import review_etag, review_shown

router = APIRouter(prefix="/v1", tags=["reviews"], route_class=TransactionalRoute)


@router.post("/reviews/bulk", summary="Open a stage of review")
async def open_reviews(given: ReviewOpening, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> BulkResult:
    """Needs hr_admin. One review for each agreed scorecard of the cycle, or for those named; what is there stays."""
    return await actions.open_reviews(viewer, session, given)


@router.get("/reviews", summary="List reviews")
async def list_reviews(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    cycle_code: str | None = None,
    stage: Annotated[Stage | None, Query()] = None,
    person_id: UUID | None = None,
) -> Page[ReviewSummary]:
    """Reviews of people in sight, without their texts."""
    rows = await queries.reviews(viewer, session, page, cycle_code=cycle_code, stage=stage, person_id=person_id)
    return Page(items=[ReviewSummary.model_validate(row) for row in rows], next=page.link_next(rows))


@router.get("/reviews/{review_id}", summary="Read a review")
async def get_review(review_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> ReviewOutput:
    """What the manager wrote shows only once it is released. Reading somebody else's review is recorded."""
    return await _shown(viewer, session, await queries.review(viewer, session, review_id), response)


@router.put("/reviews/{review_id}/self-assessment", summary="Write one's self-assessment")
async def put_self_assessment(
    review_id: UUID, given: AssessmentInput, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> ReviewOutput:
    """Until the release, as often as wanted. Whoever leads the person today, and HR, can read it."""
    return await _shown(viewer, session, await actions.assess_self(viewer, session, review_id, if_match, given), response)


@router.put("/reviews/{review_id}/manager-assessment", summary="Write the manager's assessment")
async def put_manager_assessment(
    review_id: UUID, given: AssessmentInput, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> ReviewOutput:
    """By whoever leads the person today. Nothing of it shows to the person before the release."""
    return await _shown(viewer, session, await actions.assess(viewer, session, review_id, if_match, given), response)


@router.post("/reviews/{review_id}/release", summary="Release a review to the person")
async def release(
    review_id: UUID, given: Annotated[ReleaseInput, Body(default_factory=ReleaseInput)],
    viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> ReviewOutput:
    """By whoever leads the person today, or HR. From then on it stands as it is."""
    return await _shown(viewer, session, await actions.release(viewer, session, review_id, if_match, given), response)


@router.post("/reviews/{review_id}/acknowledge", summary="Acknowledge a released review")
async def acknowledge(review_id: UUID, viewer: CurrentViewer, session: Write, response: Response) -> ReviewOutput:
    """The person says that they have read it, which does not mean that they agree."""
    return await _shown(viewer, session, await actions.acknowledge(viewer, session, review_id), response)


async def _shown(viewer: Viewer, session: ReadSession, row: Review, response: Response) -> ReviewOutput:
    shown = await review_shown(viewer, session, row)
    await queries.record_read(viewer, session, [row])
    response.headers["ETag"] = review_etag(shown)
    return shown


@router.post("/check-ins", status_code=201, summary="Check in on a KPI")
async def post_check_in(
    given: CheckInInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> CheckInOutput:
    """What moved, why, what impact is expected next, what support is needed; by the person or by whoever leads them."""
    return CheckInOutput.model_validate(await check_ins.check_in(viewer, session, given))


@router.get("/check-ins", summary="List check-ins")
async def list_check_ins(
    viewer: CurrentViewer, session: Read, page: Paging, kpi_id: UUID | None = None, person_id: UUID | None = None
) -> Page[CheckInOutput]:
    """Of people in sight and on KPIs carried together, newest first."""
    rows = await check_ins.check_ins(viewer, session, page, kpi_id=kpi_id, person_id=person_id)
    return Page(items=[CheckInOutput.model_validate(row) for row in rows], next=page.link_next(rows))
