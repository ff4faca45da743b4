"""Reads of leave. Whoever sees a person sees when they are away; of which kind the leave is, the person and who keeps people's facts."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.access.sight import sees_person
from kpi_api.people.leaves.models import Leave
from kpi_api.people.leaves.schemas import LeaveOutput


def visible(viewer: Viewer) -> Select[Leave]:
    """Leaves of people in sight."""
    return select(Leave).where(Leave.organization_id == viewer.organization_id, sees_person(viewer, Leave.person_id))


async def leaves(viewer: Viewer, session: ReadSession, person_ids: Collection[UUID]) -> dict[UUID, list[LeaveOutput]]:
    """By person in sight their leaves, oldest first."""
    statement = visible(viewer).where(Leave.person_id.in_(person_ids)).order_by(Leave.person_id, Leave.first_day)
    found: dict[UUID, list[LeaveOutput]] = {}
    for row in await session.scalars(statement):
        found.setdefault(row.person_id, []).append(shown(viewer, row))
    return found


async def leave(viewer: Viewer, session: ReadSession, person_id: UUID, leave_id: UUID) -> Leave:
    """Raises NotFound."""
    found = await session.scalar(visible(viewer).where(Leave.person_id == person_id, Leave.id == leave_id))
    if found is None:
        raise NotFound()
    return found


def shown(viewer: Viewer, row: Leave) -> LeaveOutput:
    """A leave in sight, its kind to those who may see it."""
    output = LeaveOutput.model_validate(row)
    return output if viewer.person_id == row.person_id or viewer.may("people.write") else output.model_copy(update={"kind": None})


async def leaves_of(session: ReadSession, person_ids: Collection[UUID]) -> dict[UUID, list[Leave]]:
    """By person their leaves, oldest first. Asks for no viewer: callers have checked, and tell no kind."""
    statement = select(Leave).where(Leave.organization_id == session.organization_id, Leave.person_id.in_(person_ids))
    found: dict[UUID, list[Leave]] = {}
    for row in await session.scalars(statement.order_by(Leave.person_id, Leave.first_day)):
        found.setdefault(row.person_id, []).append(row)
    return found


def on_leave(organization_id: UUID, day: date) -> Select[UUID]:
    """Ids of those who are on leave on a day."""
    on_that_day = (Leave.first_day <= day, or_(Leave.last_day.is_(None), Leave.last_day >= day))
    return select(Leave.person_id).where(Leave.organization_id == organization_id, *on_that_day)
