"""REST doors of corrections: HR orders them, the sides read what is corrected on their scorecard and may object."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.corrections import actions, queries
from kpi_api.scorecards.corrections.models import ResultStatus, ScorecardCorrection
from kpi_api.scorecards.corrections.schemas import (
    CorrectionOfScorecard,
    CorrectionOutput,
    CorrectionPreview,
    CorrectionPreviewInput,
    CorrectionResultOutput,
    NewCorrection,
    ObjectionInput,
)

router = APIRouter(prefix="/v1", tags=["scorecards"], route_class=TransactionalRoute)


@router.post("/scorecard-corrections/preview", summary="Preview a correction of many scorecards")
async def preview_correction(given: CorrectionPreviewInput, viewer: CurrentViewer, session: Write) -> CorrectionPreview:
    """How many signed scorecards it would change, how many it cannot and why, and the first ones with what changes. Nothing is kept."""
    return await actions.preview(viewer, session, given)


@router.post("/scorecard-corrections", status_code=201, summary="Order a correction of many scorecards")
async def order_correction(
    given: NewCorrection, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> CorrectionOutput:
    """A job notes each scorecard; the sides may object until the day is over; then those to which nobody objected are corrected."""
    correction = await actions.order(viewer, session, given)
    response.headers["Location"] = f"/v1/scorecard-corrections/{correction.id}"
    return await _one(session, correction)


@router.get("/scorecard-corrections", summary="List corrections of scorecards")
async def list_corrections(viewer: CurrentViewer, session: Read, page: Paging) -> Page[CorrectionOutput]:
    """Oldest first, each with how far it is."""
    rows = await queries.corrections(viewer, session, page)
    return Page(items=await queries.shown(session, rows), next=page.link_next(rows))


@router.get("/scorecard-corrections/{correction_id}", summary="Read a correction's progress")
async def read_correction(correction_id: UUID, viewer: CurrentViewer, session: Read) -> CorrectionOutput:
    """How many scorecards wait, were objected to, were corrected or could not be."""
    return await _one(session, await queries.correction(viewer, session, correction_id))


@router.get("/scorecard-corrections/{correction_id}/scorecards", summary="List what became of a correction's scorecards")
async def list_results(
    correction_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    status: Annotated[ResultStatus | None, Query(description="Only those of which this became.")] = None,
) -> Page[CorrectionResultOutput]:
    """One row for each scorecard: what changes there, objections, and why one cannot be corrected."""
    rows = await queries.results(viewer, session, page, correction_id, status=status)
    return Page(items=[CorrectionResultOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/scorecard-corrections/{correction_id}/withdraw", summary="Withdraw a correction")
async def withdraw_correction(correction_id: UUID, viewer: CurrentViewer, session: Write) -> CorrectionOutput:
    """Before its day is over; no scorecard changes."""
    return await _one(session, await actions.withdraw(viewer, session, correction_id))


@router.get("/scorecards/{scorecard_id}/corrections", summary="List corrections of a scorecard")
async def list_corrections_of_scorecard(scorecard_id: UUID, viewer: CurrentViewer, session: Read) -> list[CorrectionOfScorecard]:
    """What is or was to be corrected on it, why, and until when its sides may object."""
    return await queries.of_scorecard(viewer, session, scorecard_id)


@router.post("/scorecards/{scorecard_id}/corrections/{correction_id}/object", summary="Object to a correction")
async def object_to_correction(
    scorecard_id: UUID, correction_id: UUID, given: ObjectionInput, viewer: CurrentViewer, session: Write
) -> CorrectionResultOutput:
    """The person or their manager: the signed text of this scorecard stays."""
    return CorrectionResultOutput.model_validate(await actions.object_to(viewer, session, scorecard_id, correction_id, given.reason))


async def _one(session: Read, correction: ScorecardCorrection) -> CorrectionOutput:
    (shown,) = await queries.shown(session, [correction])
    return shown
