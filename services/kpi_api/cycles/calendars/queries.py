"""Reads of calendars and sprints, which the whole organization may see."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cycles.calendars.business import BusinessCalendar
from kpi_api.cycles.models import Calendar, Sprint
from kpi_api.cycles.periods import Days
from kpi_api.cycles.working_days import WorkingDays


async def calendars(viewer: Viewer, session: ReadSession) -> list[Calendar]:
    """Every calendar: the organization's own first, if it has one, then those of legal entities."""
    return list(await session.scalars(select(Calendar).order_by(Calendar.legal_entity_id.nulls_first())))


async def calendar(viewer: Viewer, session: ReadSession, calendar_id: UUID) -> Calendar:
    """Raises NotFound."""
    found = await session.scalar(select(Calendar).where(Calendar.id == calendar_id))
    if found is None:
        raise NotFound()
    return found


def sprints(viewer: Viewer, calendar_id: UUID) -> Select[Sprint]:
    """The sprints of a calendar."""
    return select(Sprint).where(Sprint.organization_id == viewer.organization_id, Sprint.calendar_id == calendar_id)


async def sprints_of_calendars(viewer: Viewer, session: ReadSession, calendar_ids: Collection[UUID]) -> dict[UUID, list[Sprint]]:
    """The sprints of these calendars in order, by calendar."""
    found: dict[UUID, list[Sprint]] = {calendar_id: [] for calendar_id in calendar_ids}
    for sprint in await session.scalars(select(Sprint).where(Sprint.calendar_id.in_(calendar_ids)).order_by(Sprint.starts_on)):
        found[sprint.calendar_id].append(sprint)
    return found


async def calendar_for(viewer: Viewer, session: ReadSession, legal_entity_id: UUID | None = None) -> Calendar | None:
    """The calendar of a legal entity: its own, else the organization's, if there is one."""
    own_or_general: ColumnElement[bool] = Calendar.legal_entity_id.is_(None)
    if legal_entity_id is not None:
        own_or_general |= Calendar.legal_entity_id == legal_entity_id
    statement = select(Calendar).where(own_or_general).order_by(Calendar.legal_entity_id.nulls_last()).limit(1)
    return (await session.scalars(statement)).first()


def business_calendar(row: Calendar | None) -> BusinessCalendar:
    """What a calendar says; without one Monday to Friday are worked, and years start in January."""
    if row is None:
        return BusinessCalendar()
    return BusinessCalendar(
        days=WorkingDays(frozenset(row.working_weekdays), frozenset(row.holidays)),
        closes_after=row.closes_after_working_days,
        closing_days=row.closing_days,
        fiscal_start=(row.fiscal_year_start_month, row.fiscal_year_start_day),
        time_zone=row.time_zone,
    )


async def business_calendars(viewer: Viewer, session: ReadSession) -> dict[UUID | None, tuple[UUID, BusinessCalendar]]:
    """Every calendar by its legal entity, the organization's own under None."""
    return {row.legal_entity_id: (row.id, business_calendar(row)) for row in await calendars(viewer, session)}


async def sprints_of(session: ReadSession, calendar_ids: Collection[Any]) -> dict[UUID | None, tuple[Days, ...]]:
    """The sprints of these calendars in order, by calendar. Asks for no viewer: they are everybody's."""
    wanted = {calendar_id for calendar_id in calendar_ids if calendar_id}
    if not wanted:
        return {}
    found: dict[UUID | None, list[Days]] = {}
    columns = (Sprint.calendar_id, Sprint.starts_on, Sprint.ends_on)
    for calendar_id, start, end in await session.execute(select(*columns).where(Sprint.calendar_id.in_(wanted)).order_by(Sprint.starts_on)):
        found.setdefault(calendar_id, []).append(Days(start, end))
    return {calendar_id: tuple(days) for calendar_id, days in found.items()}


async def business_calendars_by_id(session: ReadSession, calendar_ids: Collection[Any]) -> dict[UUID | None, BusinessCalendar]:
    """These calendars by id. Asks for no viewer: they are everybody's."""
    wanted = {calendar_id for calendar_id in calendar_ids if calendar_id}
    if not wanted:
        return {}
    rows = await session.scalars(select(Calendar).where(Calendar.id.in_(wanted)))
    return {row.id: business_calendar(row) for row in rows}


def month_of(month: str) -> date:
    """The first day of a month written as 2026-03."""
    return date.fromisoformat(f"{month}-01")
