"""REST door of coverage."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.coverage import queries
from kpi_api.cascade.coverage.schemas import Coverage

router = APIRouter(prefix="/v1/cascade", tags=["cascade"], route_class=TransactionalRoute)


@router.get("/coverage", summary="Read the coverage of a cascade")
async def read_coverage(
    viewer: CurrentViewer,
    session: Read,
    cycle: Annotated[str, Query(min_length=1, max_length=100, description="The cycle, by id or code.")],
    unit_id: Annotated[UUID | None, Query(description="Only this unit and those below it.")] = None,
) -> Coverage:
    """KPIs that nobody below carries, people who carry none, and per unit who is connected to strategy, over what you see."""
    return await queries.coverage(viewer, session, cycle, unit_id)
