"""REST doors of closings."""

from fastapi import APIRouter

from chassis.idempotency import IdempotencyKey
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.closing import actions, queries
from kpi_api.closing.schemas import ClosingDetail, ClosingOutput
from kpi_api.closing.shown import closing_shown
from kpi_api.cycles.queries import cycle as find_cycle

router = APIRouter(prefix="/v1/cycles", tags=["closing"], route_class=TransactionalRoute)


@router.post("/{cycle}/close", status_code=202, summary="Close a cycle")
async def close(cycle: str, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> ClosingOutput:
    """Needs hr_admin. Scorecards are frozen at once: the agreed ones are sent to scoring as one run, the others close as not agreed.
    Closing again answers the closing that is there."""
    return ClosingOutput.model_validate(await actions.close_cycle(viewer, session, await find_cycle(viewer, session, cycle)))


@router.post("/{cycle}/corrections", status_code=202, summary="Correct a closed cycle")
async def correct(cycle: str, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> ClosingOutput:
    """Needs hr_admin, and a released run. Sends the same scorecards with what was corrected since; scoring pays the differences."""
    return ClosingOutput.model_validate(await actions.correct_cycle(viewer, session, await find_cycle(viewer, session, cycle)))


@router.get("/{cycle}/closing", summary="How far the closing of a cycle is")
async def closing(cycle: str, viewer: CurrentViewer, session: Read) -> ClosingDetail:
    """The last closing, what became of its run, and which scorecards were left out."""
    found = await queries.closing(viewer, session, (await find_cycle(viewer, session, cycle)).id)
    return await closing_shown(viewer, session, found)
