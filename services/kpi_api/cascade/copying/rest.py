"""REST door of copying."""

from fastapi import APIRouter

from chassis.idempotency import IdempotencyKey
from chassis.transactions import TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.copying import actions
from kpi_api.cascade.copying.schemas import CopyInput, CopyResult

router = APIRouter(prefix="/v1/cascade", tags=["cascade"], route_class=TransactionalRoute)


@router.post("/copies", summary="Copy a cascade into another cycle")
async def copy_cascade(given: CopyInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> CopyResult:
    """KPIs with the definitions in force then, their targets, contributions and stakeholders. What cannot be copied is named with the
    reason and left out: a retired definition, an owner who left. A repeat copies what is missing; a preview writes nothing."""
    return await actions.copy_cascade(viewer, session, given)
