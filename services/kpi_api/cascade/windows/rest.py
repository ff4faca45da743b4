"""REST doors of events that begin windows."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.models import WindowEvent
from kpi_api.cascade.schemas import KpiDetailView
from kpi_api.cascade.shown import kpi_view
from kpi_api.cascade.windows import actions, queries
from kpi_api.cascade.windows.schemas import NewWindowEvent, Occurrence, WindowEventOutput

router = APIRouter(prefix="/v1", tags=["cascade"], route_class=TransactionalRoute)


@router.get("/window-events", summary="List events that begin windows")
async def list_window_events(viewer: CurrentViewer, session: Read, page: Paging) -> Page[WindowEventOutput]:
    """Events by code, such as the launch of a product; those that have not occurred yet have no day."""
    rows = await fetch_page(
        session,
        queries.window_events(viewer),
        page,
        keys=[(WindowEvent.code, lambda row: row.code)],
        scope=f"window_events {viewer.subject}",
    )
    return Page(items=[WindowEventOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/window-events", status_code=201, summary="Name an event that begins windows")
async def post_window_event(
    given: NewWindowEvent, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> WindowEventOutput:
    """Needs hr_admin or integration. KPIs name it by its code (`window_event`), and their windows begin when it occurs."""
    event = await actions.create_window_event(viewer, session, given)
    response.headers["Location"] = f"/v1/window-events/{event.id}"
    set_etag(response, event)
    return WindowEventOutput.model_validate(event)


@router.get("/window-events/{event_id}", summary="Read an event that begins windows")
async def get_window_event(event_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> WindowEventOutput:
    """Its name, and the day on which it occurred, if it has."""
    event = await queries.window_event(viewer, session, event_id)
    set_etag(response, event)
    return WindowEventOutput.model_validate(event)


@router.post("/window-events/{event_id}/occurrence", summary="Record the day of an event")
async def post_occurrence(
    event_id: UUID, given: Occurrence, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> WindowEventOutput:
    """Needs hr_admin or integration. The windows of all KPIs that wait for it begin on that day. A day that is corrected moves them, unless
    something was measured already (`window_measured`)."""
    event = await actions.record_occurrence(viewer, session, event_id, given.occurred_on, if_match)
    set_etag(response, event)
    return WindowEventOutput.model_validate(event)


@router.post("/kpis/{kpi_id}/window-event", summary="Record the day on which a KPI's window begins")
async def post_kpi_event(
    kpi_id: UUID, given: Occurrence, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> KpiDetailView:
    """For a KPI whose window begins with an event of its own ("first 60 days after launch"). Until then it waits: nothing is measured,
    scored or missing."""
    set_etag(response, await actions.record_kpi_event(viewer, session, kpi_id, given.occurred_on, if_match))
    return await kpi_view(viewer, session, kpi_id)
