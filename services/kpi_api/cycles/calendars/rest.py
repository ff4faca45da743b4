"""REST of calendars and sprints."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.dates import WrittenDate
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cycles.calendars import actions, queries
from kpi_api.cycles.calendars.schemas import CalendarIn, CalendarOut, ClosingOut, Month, SprintOut, SprintsIn
from kpi_api.cycles.models import Sprint

router = APIRouter(prefix="/v1", tags=["cycles"], route_class=TransactionalRoute)


@router.get("/calendars", summary="Working days, fiscal years and closings")
async def list_calendars(viewer: CurrentViewer, session: Read) -> list[CalendarOut]:
    """Without a calendar of its own a legal entity follows the organization's, and without any Monday to Friday are worked."""
    return [CalendarOut.model_validate(row) for row in await queries.calendars(viewer, session)]


@router.put("/calendars", summary="Write a calendar")
async def put_calendar(
    given: CalendarIn, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> CalendarOut:
    """Needs hr_admin or integration. Writes the organization's calendar, or that of the legal entity named.

    One that is there already needs If-Match with its `version` in quotes; a stale one is refused with what stands there now.
    """
    calendar = await actions.write_calendar(viewer, session, given, if_match)
    set_etag(response, calendar)
    return CalendarOut.model_validate(calendar)


@router.get("/calendar-closings", summary="When a month's books close")
async def get_closing(
    viewer: CurrentViewer,
    session: Read,
    month: Annotated[Month, Query(description="Such as 2026-03.")],
    day: Annotated[WrittenDate | None, Query(description="How many business days after the close is this day?")] = None,
    legal_entity_id: UUID | None = None,
) -> ClosingOut:
    """The closing day of a month by the calendar of the legal entity or the organization; "within 3 business days" is counted from it."""
    calendar = queries.business_calendar(await queries.calendar_for(viewer, session, legal_entity_id))
    first = queries.month_of(month)
    count = None if day is None else calendar.business_days_after_close(first, day)
    return ClosingOut(month=month, closed_on=calendar.closes_on(first), day=day, business_days_after_close=count)


@router.get("/calendars/{calendar_id}/sprints", summary="The sprints of a calendar")
async def list_sprints(calendar_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[SprintOut]:
    """In their order. KPIs per sprint follow them; without any, a sprint lasts 14 days from the cycle's first day."""
    await queries.calendar(viewer, session, calendar_id)
    rows = await fetch_page(
        session,
        queries.sprints(viewer, calendar_id),
        page,
        keys=[(Sprint.starts_on, lambda row: row.starts_on), (Sprint.id, lambda row: row.id)],
        scope=f"sprints {calendar_id} {viewer.subject}",
    )
    return Page(items=[SprintOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/calendars/{calendar_id}/sprints", summary="Add sprints")
async def post_sprints(
    calendar_id: UUID, given: SprintsIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> list[SprintOut]:
    """Needs hr_admin or integration. All of them or none: one that overlaps another is refused with `sprints_overlap`, which names both.

    Answers with all sprints of the calendar; one that is there already stays as it is.
    """
    return [SprintOut.model_validate(row) for row in await actions.add_sprints(viewer, session, calendar_id, given.listed())]


@router.delete("/calendars/{calendar_id}/sprints/{sprint_id}", status_code=204, summary="Take out a sprint")
async def delete_sprint(calendar_id: UUID, sprint_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """Needs hr_admin or integration. A sprint that has begun stays."""
    await actions.remove_sprint(viewer, session, calendar_id, sprint_id)
