"""Recording leave, changing it and taking it back. Each tells `leave.changed` and is audited, since it may move pay."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from chassis import audit, events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_match
from chassis.identifiers import new_id
from kpi_api.people.leaves import queries
from kpi_api.people.leaves.models import Leave
from kpi_api.people.leaves.problems import OverlappingLeave
from kpi_api.people.leaves.schemas import LeaveInput
from kpi_api.people.models import Person
from kpi_api.people.problems import Erased


async def record(viewer: Viewer, session: WriteSession, person: Person, given: LeaveInput) -> Leave:
    """Raises NotAllowed, Erased, OverlappingLeave."""
    viewer.require("people.write")
    if person.erased_at is not None:
        raise Erased("Nothing is kept of this person any more. If they come back, add them anew.")
    leave = Leave(id=new_id(), person_id=person.id)
    await _write(session, leave, given)
    await _tell(viewer, session, leave, "recorded")
    return leave


async def change(
    viewer: Viewer, session: WriteSession, person_id: UUID, leave_id: UUID, given: LeaveInput, if_match: str | None
) -> Leave:
    """Give a leave other days or another kind. Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed, OverlappingLeave."""
    leave = await _locked(viewer, session, person_id, leave_id, if_match)
    await _write(session, leave, given)
    await _tell(viewer, session, leave, "changed")
    return leave


async def remove(viewer: Viewer, session: WriteSession, person_id: UUID, leave_id: UUID, if_match: str | None) -> None:
    """Take back a leave that was not to be. Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed."""
    leave = await _locked(viewer, session, person_id, leave_id, if_match)
    await session.delete(leave)
    await session.flush()
    await _tell(viewer, session, leave, "removed")


async def _locked(viewer: Viewer, session: WriteSession, person_id: UUID, leave_id: UUID, if_match: str | None) -> Leave:
    leave = await queries.leave(viewer, session, person_id, leave_id)
    viewer.require("people.write")
    await session.refresh(leave, with_for_update=True)
    require_match(if_match, leave)
    return leave


async def _write(session: WriteSession, leave: Leave, given: LeaveInput) -> None:
    """The database refuses an overlap, also of two leaves recorded at once. Raises OverlappingLeave."""
    person_id, leave_id = leave.person_id, leave.id
    try:
        async with session.begin_nested():
            for name, value in given.model_dump().items():
                setattr(leave, name, value)
            session.add(leave)
            await session.flush()
    except IntegrityError:
        other = await _other(session, person_id, leave_id, given.first_day, given.last_day)
        days = f" from {other.first_day} to {other.last_day or 'a day not known yet'}" if other else ""
        message = f"The person is on another leave{days}: change that one, or name other days."
        raise OverlappingLeave(message, field="/first_day", leave_id=str(other.id) if other else None) from None


async def _other(session: WriteSession, person_id: UUID, leave_id: UUID, first: date, last: date | None) -> Leave | None:
    overlaps = [or_(Leave.last_day.is_(None), Leave.last_day >= first), *([Leave.first_day <= last] if last else [])]
    return await session.scalar(select(Leave).where(Leave.person_id == person_id, Leave.id != leave_id, *overlaps).limit(1))


async def _tell(viewer: Viewer, session: WriteSession, leave: Leave, step: str) -> None:
    await audit.record(session, viewer.subject, f"leave.{step}", "person", leave.person_id, leave_id=str(leave.id))
    await events.record(session, "leave.changed", "person", leave.person_id, person_ids=[str(leave.person_id)], leave_id=str(leave.id))
