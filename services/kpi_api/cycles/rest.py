"""REST of cycles and their periods."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.etags import IfMatch, require_current, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cycles import actions, queries
from kpi_api.cycles.periods import Length, periods
from kpi_api.cycles.schemas import CycleChange, CycleDetail, CycleIn, CycleOut, PeriodOut, PeriodsOut
from kpi_api.cycles.shown import cycle_shown

router = APIRouter(prefix="/v1", tags=["cycles"], route_class=TransactionalRoute)


@router.get("/cycles", summary="Cycles, the latest first")
async def list_cycles(viewer: CurrentViewer, session: Read, page: Paging) -> Page[CycleOut]:
    """Planned, open, closing and closed ones."""
    rows = await queries.cycles(viewer, session, page)
    return Page(items=[CycleOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/cycles", status_code=201, summary="Plan a cycle")
async def post_cycle(
    given: CycleIn, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> CycleDetail:
    """Needs hr_admin or integration. It can be opened at once by its status."""
    cycle = await actions.create_cycle(viewer, session, given)
    response.headers["Location"] = f"/v1/cycles/{cycle.id}"
    set_etag(response, cycle)
    return await cycle_shown(viewer, cycle)


@router.get("/cycles/{cycle}", summary="One cycle, by id or code")
async def get_cycle(cycle: str, viewer: CurrentViewer, session: Read, response: Response) -> CycleDetail:
    """A cycle and where it stands."""
    found = await queries.cycle(viewer, session, cycle)
    set_etag(response, found)
    return await cycle_shown(viewer, found)


@router.patch("/cycles/{cycle}", summary="Change a cycle")
async def patch_cycle(
    cycle: str, change: CycleChange, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> CycleDetail:
    """Its name at any time, its dates while it is planned."""
    found = await queries.cycle(viewer, session, cycle)
    require_current(if_match, found, actions.differing(found, change))
    changed = await actions.change_cycle(viewer, session, found, change)
    set_etag(response, changed)
    return await cycle_shown(viewer, changed)


@router.post("/cycles/{cycle}/open", summary="Open a cycle")
async def post_open(cycle: str, viewer: CurrentViewer, session: Write, response: Response) -> CycleDetail:
    """From now on KPIs, scorecards and measurements can be made for it. An open one stays open."""
    opened = await actions.open_cycle(viewer, session, await queries.cycle(viewer, session, cycle))
    set_etag(response, opened)
    return await cycle_shown(viewer, opened)


@router.get("/cycles/{cycle}/periods", summary="The periods of a cycle")
async def get_periods(
    cycle: str, viewer: CurrentViewer, session: Read, length: Annotated[Length, Query(description="How long each one is.")]
) -> PeriodsOut:
    """Days, weeks (from Monday), sprints (14 days from the first day), months, quarters, half-years, years, or the whole window."""
    found = await queries.cycle(viewer, session, cycle)
    return PeriodsOut(length=length, periods=[PeriodOut.model_validate(period) for period in periods(queries.window(found), length)])
