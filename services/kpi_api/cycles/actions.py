"""Planning, opening and closing cycles: planned -> open -> closing -> closed. The closing itself is the work of `closing`."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotFound
from kpi_api.cycles.models import Cycle, CycleStatus
from kpi_api.cycles.problems import CycleCodeTaken, CycleInvalid, CycleNotOpen, CycleTransition
from kpi_api.cycles.schemas import CycleChange, CycleIn

LONGEST = timedelta(days=5 * 366)
DATES = {"starts_on", "ends_on", "mid_year_on"}


async def create_cycle(viewer: Viewer, session: WriteSession, given: CycleIn) -> Cycle:
    """Plan a cycle, or open it at once. Raises NotAllowed, CycleInvalid, CycleCodeTaken."""
    viewer.require("cycles.write")
    middle = given.mid_year_on or given.starts_on + (given.ends_on - given.starts_on) / 2
    cycle = Cycle(id=new_id(), **given.model_dump(exclude={"mid_year_on"}), mid_year_on=middle)
    _check_dates(cycle)
    try:
        async with session.begin_nested():
            session.add(cycle)
            await session.flush()
    except IntegrityError:
        raise CycleCodeTaken(f"The code {given.code!r} is taken.", field="/code") from None
    await events.record(session, "cycle.changed", "cycle", cycle.id, fields=sorted(given.model_fields_set))
    return cycle


async def change_cycle(viewer: Viewer, session: WriteSession, cycle: Cycle, change: CycleChange) -> Cycle:
    """Change a cycle's name, or while it is planned its dates. Raises NotAllowed, CycleTransition, CycleInvalid."""
    require_changeable(viewer)
    if change.model_fields_set & DATES:
        require_dates_changeable(viewer, cycle)
    if "year_end_on" in change.model_fields_set and cycle.status == "closed":
        raise CycleTransition("The cycle is closed: when its annual reviews were due stands.")
    different = differing(cycle, change)
    for name, value in different.items():
        setattr(cycle, name, value)
    _check_dates(cycle)
    await session.flush()
    if different:
        await events.record(session, "cycle.changed", "cycle", cycle.id, fields=sorted(different))
    return cycle


def differing(cycle: Cycle, change: CycleChange) -> dict[str, Any]:
    """What the change would make different, by field."""
    return {name: value for name in change.model_fields_set if (value := getattr(change, name)) != getattr(cycle, name)}


def require_changeable(viewer: Viewer) -> None:
    """A cycle's name can be changed at any time. Raises NotAllowed."""
    viewer.require("cycles.write")


def require_dates_changeable(viewer: Viewer, cycle: Cycle) -> None:
    """Raises NotAllowed, CycleTransition."""
    require_changeable(viewer)
    if cycle.status != "planned":
        raise CycleTransition(f"The cycle is {cycle.status}: its dates stand, since KPIs and scorecards were made for them.")


def _check_dates(cycle: Cycle) -> None:
    if cycle.ends_on < cycle.starts_on:
        raise CycleInvalid(f"The last day {cycle.ends_on} lies before the first, {cycle.starts_on}.", field="/ends_on")
    if not cycle.starts_on <= cycle.mid_year_on <= cycle.ends_on:
        raise CycleInvalid(f"The middle of the year, {cycle.mid_year_on}, lies outside the cycle.", field="/mid_year_on")
    if cycle.year_end_on is not None and cycle.year_end_on <= cycle.mid_year_on:
        message = f"Annual reviews cannot be due on {cycle.year_end_on}: that is not after the middle of the year, {cycle.mid_year_on}."
        raise CycleInvalid(message, field="/year_end_on")
    if cycle.ends_on - cycle.starts_on > LONGEST:
        raise CycleInvalid("A cycle lasts five years at most.", field="/ends_on")


async def open_cycle(viewer: Viewer, session: WriteSession, cycle: Cycle) -> Cycle:
    """Open a planned cycle; an open one stays open. Raises NotAllowed, CycleTransition."""
    viewer.require("cycles.write")
    if cycle.status == "open":
        return cycle
    require_openable(viewer, cycle)
    opened = await change_status(session, cycle.id, "planned", "open")
    await events.record(session, "cycle.changed", "cycle", cycle.id, fields=["status"])
    return opened


def require_openable(viewer: Viewer, cycle: Cycle) -> None:
    """Raises NotAllowed, CycleTransition."""
    viewer.require("cycles.write")
    _require_next(cycle, "planned", "open")


def require_closable(viewer: Viewer, cycle: Cycle) -> None:
    """For `closing`, which does it. Raises NotAllowed, CycleTransition."""
    viewer.require("closings.begin")
    viewer.require_person()
    _require_next(cycle, "open", "closing")


def _require_next(cycle: Cycle, before: CycleStatus, after: CycleStatus) -> None:
    if cycle.status != before:
        raise CycleTransition(f"The cycle is {cycle.status}; only one that is {before} can become {after}.", current_status=cycle.status)


async def change_status(session: WriteSession, cycle_id: UUID, before: CycleStatus, after: CycleStatus) -> Cycle:
    """Move a cycle on, under its row lock. For `closing`, which asks who may. Raises NotFound, CycleTransition."""
    cycle = await _locked(session, cycle_id, key_share=False)
    _require_next(cycle, before, after)
    cycle.status = after
    await session.flush()
    if after == "closed":
        await events.record(session, "cycle.closed", "cycle", cycle.id)
    return cycle


async def require_open(session: WriteSession, cycle_id: UUID) -> Cycle:
    """The cycle, open and kept open until this transaction ends. Raises NotFound, CycleNotOpen."""
    cycle = await _locked(session, cycle_id, key_share=True)
    if cycle.status != "open":
        raise CycleNotOpen(f"The cycle {cycle.name} is {cycle.status}.", current_status=cycle.status)
    return cycle


async def _locked(session: WriteSession, cycle_id: UUID, *, key_share: bool) -> Cycle:
    """The cycle under a lock: shared between those who need it open, alone for whoever moves it on."""
    statement = select(Cycle).where(Cycle.id == cycle_id).with_for_update(read=key_share).execution_options(populate_existing=True)
    cycle = await session.scalar(statement)
    if cycle is None:
        raise NotFound()
    return cycle
