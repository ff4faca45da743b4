"""Doors of the pictures. By `Accept`: SVG (also where anything will do), PNG, or the Vega-Lite specification."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.pictures.forms import FORMS, ByAccept, ChosenForm, picture_response
from chassis.transactions import Read, TransactionalRoute, end_transaction
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.lines import line_of_sight
from kpi_api.cascade.pictures.picture import Picture, of_line_downward, of_line_upward, of_unit
from kpi_api.cascade.pictures.specification import Specification, specification
from kpi_api.cascade.subtrees.reading import MAX_NODES, Wanted, line_of_sight_down, unit_cascade
from kpi_api.cascade.subtrees.rest import CycleChoice, Depth, Direction, Fold

router = APIRouter(prefix="/v1", tags=["cascade"], route_class=TransactionalRoute)


def folding(
    fold: Fold = None,
    depth: Depth = None,
    limit: Annotated[int, Query(ge=1, le=MAX_NODES, description="How many boxes at most; fewer read at a glance.")] = MAX_NODES,
) -> Wanted:
    return Wanted(frozenset(fold or ()), depth, limit)


Folding = Annotated[Wanted, Depends(folding)]


@router.get("/kpis/{kpi_id}/line-of-sight/picture", summary="See a KPI's line of sight", responses=FORMS, response_class=Response)
async def see_line_of_sight(
    kpi_id: UUID,
    request: Request,
    viewer: CurrentViewer,
    session: Read,
    form: ByAccept,
    how_much: Folding,
    direction: Direction = "up",
) -> Response:
    """The line of sight up to the mission, or `down` to whatever carries the KPI in your sight, as a picture.

    Upward it names no person. Downward more than `limit` KPIs are folded by unit; `fold` and `depth` fold more.
    """
    if direction == "up":
        picture = of_line_upward(await line_of_sight(viewer, session, kpi_id))
    else:
        picture = of_line_downward(await line_of_sight_down(viewer, session, kpi_id, how_much))
    return await _answer(request, picture, form)


@router.get("/units/{unit_id}/cascade/picture", summary="See a unit's cascade", responses=FORMS, response_class=Response)
async def see_unit_cascade(
    unit_id: UUID,
    request: Request,
    viewer: CurrentViewer,
    session: Read,
    form: ByAccept,
    how_much: Folding,
    cycle: CycleChoice = None,
) -> Response:
    """The KPIs in sight of a unit, of the units below it and of their people, as a picture.

    More than `limit` are folded by unit, which shows as one box such as "Sales: 48 KPIs"; `fold` and `depth` fold more.
    """
    return await _answer(request, of_unit(await unit_cascade(viewer, session, unit_id, cycle, how_much)), form)


async def _answer(request: Request, picture: Picture, form: ChosenForm) -> Response:
    """Drawn after the transaction has ended, since that takes a while and needs no connection."""
    await end_transaction(request)
    drawing: Specification = await asyncio.to_thread(specification, picture)
    return await picture_response(request, drawing, form)
