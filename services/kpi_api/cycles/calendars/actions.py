"""Writing calendars, and adding sprints to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_current
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotFound
from kpi_api.cycles.calendars import queries
from kpi_api.cycles.calendars.problems import CalendarInvalid, SprintBegun, SprintsOverlap
from kpi_api.cycles.calendars.schemas import CalendarIn, SprintIn
from kpi_api.cycles.models import Calendar, Sprint

LEGAL_ENTITY = text("SELECT id FROM legal_entities WHERE organization_id = :organization_id AND id = :id")
TIME_ZONE = text("SELECT time_zone FROM organization_profiles WHERE organization_id = :organization_id")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('calendar:' || :organization_id || :legal_entity_id, 0))")


async def write_calendar(viewer: Viewer, session: WriteSession, given: CalendarIn, if_match: str | None) -> Calendar:
    """Write the calendar of the organization or of a legal entity; one that is there already must have been read (`if_match`).

    Raises NotAllowed, CalendarInvalid, PreconditionRequired, PreconditionFailed.
    """
    viewer.require("cycles.write")
    entity = given.legal_entity_id
    own = {"organization_id": viewer.organization_id, "id": entity}
    if entity and await session.scalar(LEGAL_ENTITY, own) is None:
        raise CalendarInvalid(f"There is no legal entity {entity}.", field="/legal_entity_id")
    # The first two writers of one calendar take turns, so that the second changes what the first made.
    await session.execute(LOCK, {"organization_id": str(viewer.organization_id), "legal_entity_id": str(entity)})
    of_entity = Calendar.legal_entity_id == entity if entity else Calendar.legal_entity_id.is_(None)
    calendar = await session.scalar(select(Calendar).where(of_entity).with_for_update())
    differing = await _wanted(viewer, session, given)
    if calendar is None:
        calendar = Calendar(id=new_id(), legal_entity_id=entity)
    else:
        differing = {name: value for name, value in differing.items() if getattr(calendar, name) != value}
        require_current(if_match, calendar, differing)
    if differing:
        await _change(session, calendar, differing)
    return calendar


async def _wanted(viewer: Viewer, session: WriteSession, given: CalendarIn) -> dict[str, Any]:
    """The columns of a calendar as they are to be."""
    zone = given.time_zone or await session.scalar(TIME_ZONE, {"organization_id": viewer.organization_id}) or "UTC"
    return given.model_dump(exclude={"legal_entity_id"}) | {
        "time_zone": zone,
        "working_weekdays": sorted(set(given.working_weekdays)),
        "holidays": sorted(set(given.holidays)),
        "closing_days": {month: day.isoformat() for month, day in sorted(given.closing_days.items())},
    }


async def _change(session: WriteSession, calendar: Calendar, differing: dict[str, Any]) -> None:
    for name, value in differing.items():
        setattr(calendar, name, value)
    session.add(calendar)
    await session.flush()
    await events.record(session, "calendar.changed", "calendar", calendar.id)


async def add_sprints(viewer: Viewer, session: WriteSession, calendar_id: UUID, given: Sequence[SprintIn]) -> list[Sprint]:
    """All of these sprints, or none. One that is there already, to the day, stays. Raises NotAllowed, NotFound, SprintsOverlap."""
    viewer.require("cycles.write")
    await queries.calendar(viewer, session, calendar_id)
    there = list(await session.scalars(queries.sprints(viewer, calendar_id)))
    known = {(sprint.name, sprint.starts_on, sprint.ends_on): sprint for sprint in there}
    new = [sprint for sprint in given if (sprint.name, sprint.starts_on, sprint.ends_on) not in known]
    _refuse_overlaps(new, there)
    rows = [Sprint(id=new_id(), calendar_id=calendar_id, **sprint.model_dump()) for sprint in new]
    try:
        async with session.begin_nested():
            session.add_all(rows)
            await session.flush()
    except IntegrityError:  # somebody else has added one at this moment, which is there to be named now
        _refuse_overlaps(new, list(await session.scalars(queries.sprints(viewer, calendar_id))))
        raise
    if rows:
        await events.record(session, "calendar.changed", "calendar", calendar_id)
    return sorted([*there, *rows], key=lambda sprint: sprint.starts_on)


def _refuse_overlaps(new: Sequence[SprintIn], there: Sequence[Sprint]) -> None:
    """Raises SprintsOverlap, naming both."""
    everything: list[SprintIn | Sprint] = sorted([*there, *new], key=lambda sprint: (sprint.starts_on, sprint.ends_on))
    place = {id(sprint): n for n, sprint in enumerate(new)}
    errors, latest = [], everything[0] if everything else None
    for later in everything[1:]:
        if latest is not None and later.starts_on <= latest.ends_on:
            wrong = later if id(later) in place else latest
            message = f"{_named(later)} overlaps {_named(latest)}."
            errors.append(FieldError(field=f"/sprints/{place.get(id(wrong), 0)}", code=SprintsOverlap.code, message=message))
        latest = later if latest is None or later.ends_on > latest.ends_on else latest
    if errors:
        raise SprintsOverlap(errors[0].message, errors=errors[:20])


def _named(sprint: SprintIn | Sprint) -> str:
    return f"“{sprint.name}” ({sprint.starts_on} to {sprint.ends_on})"


async def remove_sprint(viewer: Viewer, session: WriteSession, calendar_id: UUID, sprint_id: UUID) -> None:
    """Take out a sprint that has not begun. Raises NotAllowed, NotFound, SprintBegun."""
    viewer.require("cycles.write")
    sprint = await session.scalar(queries.sprints(viewer, calendar_id).where(Sprint.id == sprint_id).with_for_update())
    if sprint is None:
        raise NotFound()
    if sprint.starts_on <= session.today:
        raise SprintBegun(f"{_named(sprint)} has begun: what was measured in it stands.")
    await session.delete(sprint)
    await session.flush()
    await events.record(session, "calendar.changed", "calendar", calendar_id)
