"""Events that begin windows: naming one for many KPIs, and recording the day on which one occurred."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.identifiers import new_id
from kpi_api.cascade.actions import changeable_kpi, require_changeable
from kpi_api.cascade.models import Kpi, WindowEvent
from kpi_api.cascade.storing import record_events
from kpi_api.cascade.windows import queries
from kpi_api.cascade.windows.dates import window_after
from kpi_api.cascade.windows.problems import NoWindowEvent, WindowEventTaken, WindowMeasured, WindowRefused
from kpi_api.cascade.windows.schemas import NewWindowEvent
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.problems import CycleNotOpen

LIVE = ("waiting", "active")
CLOSED = ("closing", "closed")
# Measurements belong to a domain above, so their table stands here by name.
MEASURED = text("SELECT EXISTS (SELECT FROM measurements WHERE organization_id = :organization AND kpi_id = ANY (:kpis))")


async def create_window_event(viewer: Viewer, session: WriteSession, given: NewWindowEvent) -> WindowEvent:
    """Name an event for many KPIs. Raises NotAllowed, WindowEventTaken."""
    viewer.require("window_events.write")
    event = WindowEvent(id=new_id(), **given.model_dump())
    try:
        async with session.begin_nested():
            session.add(event)
            await session.flush()
    except IntegrityError:
        raise WindowEventTaken(f"The code {given.code!r} is taken.", field="/code") from None
    await events.record(session, "window_event.changed", "window_event", event.id)
    return event


async def record_occurrence(viewer: Viewer, session: WriteSession, event_id: UUID, occurred_on: date, if_match: str | None) -> WindowEvent:
    """Record the day of an event: the windows of all KPIs that wait for it begin. Another day moves them while nothing is measured.

    Raises NotAllowed, NotFound, PreconditionRequired, PreconditionFailed, WindowMeasured, WindowRefused.
    """
    viewer.require("window_events.write")
    event = await queries.window_event(viewer, session, event_id, lock=True)
    require_match(if_match, event)
    if event.occurred_on == occurred_on:
        return event
    event.occurred_on = occurred_on
    in_open_cycles = select(Cycle.id).where(Cycle.status.not_in(CLOSED))
    followers = select(Kpi).where(Kpi.window_event_id == event_id, Kpi.status.in_(LIVE), Kpi.cycle_id.in_(in_open_cycles))
    await _begin(session, list(await session.scalars(followers.order_by(Kpi.id).with_for_update())), occurred_on)
    await session.flush()
    await events.record(session, "window_event.changed", "window_event", event.id)
    return event


async def record_kpi_event(viewer: Viewer, session: WriteSession, kpi_id: UUID, occurred_on: date, if_match: str | None) -> Kpi:
    """Record the day of the event with which one KPI's window begins.

    Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed, NoWindowEvent, CycleNotOpen, WindowMeasured, WindowRefused.
    """
    kpi = await changeable_kpi(viewer, session, kpi_id)
    require_match(if_match, kpi)
    _require_own_event(kpi)
    cycle = (await session.scalars(select(Cycle).where(Cycle.id == kpi.cycle_id).with_for_update(read=True))).one()
    if cycle.status in CLOSED:
        raise CycleNotOpen(f"The cycle {cycle.name} is {cycle.status}.", current_status=cycle.status)
    if kpi.status != "waiting" and kpi.window_start == occurred_on:
        return kpi
    await _begin(session, [kpi], occurred_on)
    return kpi


async def require_recordable(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> None:
    """What `record_kpi_event` asks first, of a KPI that the viewer sees whole. Raises NotAllowed, NoWindowEvent."""
    _require_own_event(await require_changeable(viewer, session, kpi_id))


def _require_own_event(kpi: Kpi) -> None:
    if kpi.window_event is None or kpi.status not in LIVE:
        raise NoWindowEvent("This KPI's window does not begin with an event.")
    if kpi.window_event_id is not None:
        raise NoWindowEvent(f"“{kpi.window_event}” begins the windows of several KPIs: its day is recorded there, for all at once.")


async def _begin(session: WriteSession, kpis: Sequence[Kpi], occurred_on: date) -> None:
    """The windows of these KPIs, which are locked, begin on that day."""
    if not kpis:
        return
    await _refuse_measured(session, [kpi.id for kpi in kpis if kpi.status != "waiting"])
    cycles = {row.id: row for row in await session.scalars(select(Cycle).where(Cycle.id.in_({kpi.cycle_id for kpi in kpis})))}
    for kpi in kpis:
        kpi.window_start, kpi.window_end = window_after(occurred_on, kpi.window_days or 1)
        _require_inside(kpi, cycles[kpi.cycle_id])
        kpi.status = "active"
    await session.flush()
    await record_events(session, "kpi.changed", [kpi.id for kpi in kpis])


def _require_inside(kpi: Kpi, cycle: Any) -> None:
    if kpi.window_end < cycle.starts_on or kpi.window_start > cycle.ends_on:
        days = f"{kpi.window_start} to {kpi.window_end}, outside its cycle ({cycle.starts_on} to {cycle.ends_on})"
        raise WindowRefused(f"“{kpi.name}” would run from {days}.", field="/occurred_on")


async def _refuse_measured(session: WriteSession, kpi_ids: Sequence[UUID]) -> None:
    """A window in which values were recorded stays where it is. Raises WindowMeasured."""
    if kpi_ids and await session.scalar(MEASURED, {"organization": session.organization_id, "kpis": list(kpi_ids)}):
        raise WindowMeasured("Values were recorded in this window already, so its first day stands.")
