"""REST doors of roll-ups as they stand now."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.pagination import Paging
from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.levels import Level
from kpi_api.cycles.queries import cycle as find_cycle
from kpi_api.scores.roll_ups import queries
from kpi_api.scores.roll_ups import what_if as what_would
from kpi_api.scores.roll_ups.queries import RollUpFilter
from kpi_api.scores.roll_ups.schemas import DoubledResults, RolledUpPage, WhatIf, WhatWould
from kpi_api.scores.roll_ups.shared_results import doubled_results

router = APIRouter(prefix="/v1/cascade", tags=["cascade"], route_class=TransactionalRoute)

Cycle = Annotated[str, Query(description="A cycle's code or id.", examples=["2026"])]
AcceptMissing = Annotated[bool, Query(description="Roll up those that have a value where others have none; `complete` says so.")]


@router.get("/roll-up", summary="Read what KPIs come to")
async def roll_up(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    cycle: Cycle,
    unit_id: Annotated[UUID | None, Query(description="Of this unit and those below it.")] = None,
    kpi_id: Annotated[UUID | None, Query(description="This KPI and all that lies below it.")] = None,
    level: Level | None = None,
    accept_missing: AcceptMissing = False,
    once: Annotated[bool, Query(description="Count what reaches a sum by several ways once.")] = False,
) -> RolledUpPage:
    """The KPIs that you see whole, strategic first: each one's value and attainment, measured or rolled up from all that lies below it now.

    A KPI below without a value leaves those above without one, and is named. Sums are exact; means are rounded half-up at 12 places.
    """
    found = await find_cycle(viewer, session, cycle)
    wanted = RollUpFilter(found.id, unit_id, kpi_id, level, accept_missing, once)
    rows = await queries.roll_ups_page(viewer, session, page, wanted)
    return RolledUpPage(items=await queries.rolled_up(viewer, session, rows, wanted), next=page.link_next(rows))


@router.get("/double-counting", summary="List what is counted twice")
async def double_counting(viewer: CurrentViewer, session: Read, cycle: Cycle) -> DoubledResults:
    """Shared results that reach one sum by two ways or more, with the ways in words, as far as you see them.

    Sums are computed as the cascade is written; ask for the roll-up with `once` to count each result once.
    """
    return await doubled_results(viewer, session, (await find_cycle(viewer, session, cycle)).id)


@router.post("/what-if", summary="Ask what would follow")
async def what_if(given: WhatIf, viewer: CurrentViewer, session: Read) -> WhatWould:
    """Which KPIs above change if some come to something else, from what to what, the strategic first. Nothing is written.

    A KPI that is measured by itself gets no amount: it is named with the weight of what leads to it.
    """
    return await what_would.what_if(viewer, session, (await find_cycle(viewer, session, given.cycle)).id, given)
