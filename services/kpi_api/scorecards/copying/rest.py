"""REST doors of copying."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.idempotency import IdempotencyKey
from chassis.transactions import TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.assignments import queries
from kpi_api.scorecards.assignments.schemas import AssignmentOutput
from kpi_api.scorecards.copying import actions
from kpi_api.scorecards.copying.schemas import CopiedScorecard, CopyScorecard, NewCopies

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], route_class=TransactionalRoute)


@router.post("/{scorecard_id}/copy", summary="Copy a scorecard into another cycle")
async def copy_scorecard(
    scorecard_id: UUID, given: CopyScorecard, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> CopiedScorecard:
    """A draft for the same person with the same lines and weights, and copies of the KPIs that are their own.

    What cannot be copied is left out and named: a withdrawn KPI, a retired definition, a shared KPI that the cycle has no copy of.
    A preview writes nothing.
    """
    return await actions.copy_scorecard(viewer, session, scorecard_id, given)


@router.post("/copies", summary="Copy many people's scorecards into another cycle", status_code=202)
async def copy_scorecards(
    given: NewCopies, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> AssignmentOutput:
    """The same for many people as an assignment, a job with a result for each person that can be undone like one of a template."""
    row = await actions.begin_copies(viewer, session, given)
    response.headers["Location"] = f"/v1/template-assignments/{row.id}"
    return (await queries.shown(viewer, session, [row]))[row.id]
