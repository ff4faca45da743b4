"""REST doors of a unit's move."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.etags import IfMatch, set_etag
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.moving import actions, consequences
from kpi_api.cascade.moving.schemas import StrayLinks, UnitMove, UnitMoveInput

router = APIRouter(prefix="/v1/units", tags=["cascade"], route_class=TransactionalRoute)


@router.post("/{unit_id}/move", summary="Move a unit with its KPIs")
async def move_unit(
    unit_id: UUID,
    given: UnitMoveInput,
    response: Response,
    viewer: CurrentViewer,
    session: Write,
    preview: Annotated[bool, Query(description="Say what would come of it and write nothing; needs no If-Match.")] = False,
    if_match: IfMatch = None,
) -> UnitMove:
    """Under another parent, from today on; needs hr_admin or integration. Contributions stay: the answer names those that lead upward no
    more, what hangs on them alone, and who leads the unit no more."""
    move = await actions.move_unit(viewer, session, unit_id, given.parent_id, if_match, preview=preview)
    set_etag(response, move.unit)
    return move


@router.get("/{unit_id}/stray-contributions", summary="List contributions out of a unit that do not lead upward")
async def read_stray_contributions(unit_id: UUID, viewer: CurrentViewer, session: Read) -> StrayLinks:
    """Of the KPIs of a unit, of those below it and of their people: contributions to KPIs of units that do not stand above it, for
    example since it moved. They count until somebody ends them. Only those of which you see both ends."""
    return await consequences.stray_links(viewer, session, unit_id)
