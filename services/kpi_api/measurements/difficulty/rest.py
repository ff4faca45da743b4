"""REST doors of target difficulty."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.fields import Code
from kpi_api.measurements.difficulty import queries
from kpi_api.measurements.difficulty.schemas import ProposedTarget, TargetDifficulty

router = APIRouter(prefix="/v1", tags=["measurements"], route_class=TransactionalRoute)


@router.get("/kpis/{kpi_id}/target-difficulty", summary="How difficult a KPI's target is")
async def get_difficulty(
    kpi_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    part: Annotated[Code, Query(description="The part, where the KPI has several.")] = "main",
) -> TargetDifficulty:
    """How often it would have been met: by its owner in earlier KPIs of the same definition, and by others with the same KPI, who are told
    of only together and only from five on."""
    return await queries.target_difficulty(viewer, session, kpi_id, part=part)


@router.post("/kpis/{kpi_id}/target-difficulty", summary="How difficult a target would be")
async def post_difficulty(kpi_id: UUID, given: ProposedTarget, viewer: CurrentViewer, session: Read) -> TargetDifficulty:
    """The same of a target before it is set. Nothing is changed."""
    return await queries.target_difficulty(viewer, session, kpi_id, part=given.target.part, proposed=given.target)
