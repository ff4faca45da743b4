"""How late the milestones of signed scorecards are: what the engine takes as `days_late` and `deduction_per_day`.

A milestone is late from its due date and the days of grace on, until it was done; one that is not done yet, until the day that is scored or
the end of its window. What was done before it is due counts as a share. The rule is the signed one, the working days are the calendar's.
"""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from chassis.database import ReadSession
from kpi_api.cascade.models import Kpi
from kpi_api.cycles.calendars.business import BusinessCalendar
from kpi_api.cycles.calendars.queries import business_calendars_by_id
from kpi_api.dictionary.lateness import Lateness
from kpi_api.measurements.milestones.late_days import days_late
from kpi_api.measurements.milestones.models import MilestoneRecord

# By KPI and part, the day by which values say that it was done: the end of the first period that reached the target, or the day on which
# that was recorded where it is earlier.
DONE_BY_VALUES = text("""
    SELECT w.kpi_id, w.part, min(least(m.period_end, CAST(m.recorded_at AS date)))
    FROM unnest(CAST(:kpis AS uuid[]), CAST(:parts AS text[]), CAST(:targets AS numeric[])) AS w (kpi_id, part, target)
    CROSS JOIN LATERAL (
      SELECT DISTINCT ON (m.period_start) m.period_end, m.recorded_at, m.value
      FROM measurements m
      WHERE m.organization_id = :organization AND m.kpi_id = w.kpi_id AND m.part = w.part
        AND (CAST(:as_of AS timestamptz) IS NULL OR m.recorded_at <= :as_of)
      ORDER BY m.period_start, m.revision DESC
    ) m
    WHERE m.value >= w.target
    GROUP BY w.kpi_id, w.part
""")


class Due(NamedTuple):
    """A signed milestone: by when it is due, what lateness costs, what means done, and the last day of its window."""

    kpi_id: UUID
    part: str
    due_on: date
    rule: Lateness
    target: Decimal
    window_end: date


async def days_late_of(session: ReadSession, dues: Collection[Due], *, as_of: datetime | None = None) -> dict[tuple[UUID, str], int]:
    """By KPI and part, how late it is. Asks for no viewer: callers have checked."""
    if not dues:
        return {}
    done = await _done_by_values(session, dues, as_of) | await _recorded(session, dues, as_of)
    calendars = await _calendars(session, {due.kpi_id for due in dues})
    today = as_of.date() if as_of else session.today
    late = {}
    for due in dues:
        key = (due.kpi_id, due.part)
        day = done.get(key) or min(today, due.window_end)
        late[key] = days_late(due.rule, due.due_on, day, calendars.get(due.kpi_id, BusinessCalendar()).days)
    return late


async def _recorded(session: ReadSession, dues: Collection[Due], as_of: datetime | None) -> dict[Any, date]:
    columns = (MilestoneRecord.kpi_id, MilestoneRecord.part, MilestoneRecord.done_on)
    statement = select(*columns).where(MilestoneRecord.kpi_id.in_({due.kpi_id for due in dues})).order_by(MilestoneRecord.id)
    if as_of:
        statement = statement.where(MilestoneRecord.recorded_at <= as_of)
    return {(kpi_id, part): done_on for kpi_id, part, done_on in await session.execute(statement)}


async def _done_by_values(session: ReadSession, dues: Collection[Due], as_of: datetime | None) -> dict[Any, date]:
    columns = {"kpis": [due.kpi_id for due in dues], "parts": [due.part for due in dues], "targets": [due.target for due in dues]}
    found = await session.execute(DONE_BY_VALUES, {"organization": session.organization_id, "as_of": as_of, **columns})
    return {(kpi_id, part): day for kpi_id, part, day in found}


async def _calendars(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, BusinessCalendar]:
    followed = dict((await session.execute(select(Kpi.id, Kpi.calendar_id).where(Kpi.id.in_(kpi_ids)))).all())
    calendars = await business_calendars_by_id(session, followed.values())
    return {kpi_id: calendars[calendar_id] for kpi_id, calendar_id in followed.items() if calendar_id in calendars}
