"""REST doors of milestones."""

from uuid import UUID

from fastapi import APIRouter

from chassis.idempotency import IdempotencyKey
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.measurements.milestones import actions, queries
from kpi_api.measurements.milestones.schemas import MilestoneDone, MilestoneRecordOutput

router = APIRouter(prefix="/v1", tags=["measurements"], route_class=TransactionalRoute)


@router.get("/kpis/{kpi_id}/milestones", summary="What of a KPI was done")
async def list_milestones(kpi_id: UUID, viewer: CurrentViewer, session: Read) -> list[MilestoneRecordOutput]:
    """The records of its milestones with their evidence, the newest first, for whoever sees the KPI whole."""
    return await queries.milestone_records(viewer, session, kpi_id)


@router.post("/kpis/{kpi_id}/milestones", status_code=201, summary="Record a milestone as done")
async def post_milestone(
    kpi_id: UUID, given: MilestoneDone, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> MilestoneRecordOutput:
    """With the day and what shows it (a link or words), which is required where the target says so: `evidence_required`. The value of the
    period is recorded too. Another record of the same part corrects the first, which is kept."""
    return await actions.record_done(viewer, session, kpi_id, given)
