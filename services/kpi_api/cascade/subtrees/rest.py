"""REST door of a unit's cascade, and how much of a subtree a request asks for."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.subtrees.reading import MAX_NODES, Wanted, unit_cascade
from kpi_api.cascade.subtrees.schemas import UnitCascade

router = APIRouter(prefix="/v1", tags=["cascade"], route_class=TransactionalRoute)

MAX_LIMIT = 1000

Direction = Literal["up", "down"]
Fold = Annotated[list[UUID] | None, Query(max_length=200, description="Units to fold into one node each, with all below them.")]
Depth = Annotated[int | None, Query(ge=0, le=50, description="How many levels of units below the top stay open.")]


def wanted(
    fold: Fold = None,
    depth: Depth = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many nodes at most.")] = MAX_NODES,
) -> Wanted:
    return Wanted(frozenset(fold or ()), depth, limit)


HowMuch = Annotated[Wanted, Depends(wanted)]
CycleChoice = Annotated[str | None, Query(max_length=64, description="Id or code of a cycle; the current one when left out.")]


@router.get("/units/{unit_id}/cascade", summary="Read a unit's cascade")
async def read_unit_cascade(
    unit_id: UUID, viewer: CurrentViewer, session: Read, how_much: HowMuch, cycle: CycleChoice = None
) -> UnitCascade:
    """The KPIs in sight of a unit, of the units below it and of their people, with the contributions among them, in one call.

    Beyond `limit` nodes units are folded: first a unit's people into one node, then whole units, the deepest first.
    """
    return await unit_cascade(viewer, session, unit_id, cycle, how_much)
