"""Reads of windows: events that begin those of many KPIs, and what a KPI's own is."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.models import Kpi, WindowEvent
from kpi_api.cascade.windows.schemas import WindowBeginning
from kpi_api.cycles.calendars.business import BusinessCalendar
from kpi_api.cycles.calendars.queries import business_calendars_by_id, sprints_of
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Days, Window


def window_events(viewer: Viewer) -> Select[WindowEvent]:
    """Events that begin windows; the whole organization may know of them."""
    return select(WindowEvent).where(WindowEvent.organization_id == viewer.organization_id)


async def window_event(viewer: Viewer, session: ReadSession, event_id: UUID, *, lock: bool = False) -> WindowEvent:
    """Raises NotFound."""
    statement = window_events(viewer).where(WindowEvent.id == event_id).execution_options(populate_existing=True)
    found = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found


async def window_and_calendar(session: ReadSession, kpi: Kpi) -> tuple[Window | None, BusinessCalendar]:
    """A KPI's window to divide into periods, None while it waits; and its calendar. Asks for no viewer: callers have checked."""
    calendars = await business_calendars_by_id(session, [kpi.calendar_id])
    calendar = calendars.get(kpi.calendar_id, BusinessCalendar())
    if kpi.status == "waiting":
        return None, calendar
    anchor = await session.scalar(select(Cycle.starts_on).where(Cycle.id == kpi.cycle_id))
    sprints = await sprints_of(session, [kpi.calendar_id])
    return Window(kpi.window_start, kpi.window_end, anchor or kpi.window_start, sprints.get(kpi.calendar_id, ())), calendar


async def sprints_of_kpis(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, tuple[Days, ...]]:
    """The sprints that these KPIs follow, by KPI; those without are missing. Asks for no viewer: callers have checked."""
    found: dict[Any, Any] = dict(
        (await session.execute(select(Kpi.id, Kpi.calendar_id).where(Kpi.id.in_(kpi_ids), Kpi.calendar_id.is_not(None)))).all()
    )
    sprints = await sprints_of(session, set(found.values()))
    return {kpi_id: sprints[calendar_id] for kpi_id, calendar_id in found.items() if calendar_id in sprints}


def beginning(kpi: Kpi) -> WindowBeginning | None:
    """With which event the KPI's window begins, if with one."""
    if kpi.window_event is None or kpi.window_days is None:
        return None
    return WindowBeginning(
        name=kpi.window_event,
        event_id=kpi.window_event_id,
        window_days=kpi.window_days,
        waiting=kpi.status == "waiting",
        sentence=f"first {kpi.window_days} days after {kpi.window_event}" if kpi.window_days > 1 else f"the day of {kpi.window_event}",
    )
