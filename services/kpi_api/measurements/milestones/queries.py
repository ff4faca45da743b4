"""Reads of milestones that were done, by whoever sees the KPI whole."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cycles.calendars.business import BusinessCalendar
from kpi_api.cycles.calendars.queries import business_calendars_by_id
from kpi_api.dictionary.lateness import Lateness
from kpi_api.measurements.milestones.late_days import days_late
from kpi_api.measurements.milestones.models import MilestoneRecord
from kpi_api.measurements.milestones.schemas import MilestoneRecordOutput


async def milestone_records(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[MilestoneRecordOutput]:
    """What was recorded as done of a KPI, the newest first. Raises NotFound."""
    kpi = await cascade.kpi(viewer, session, kpi_id)
    targets = {target.part: target for target in (await cascade.targets(session, [kpi_id]))[kpi_id]}
    calendar = await calendar_of(session, kpi)
    records = await session.scalars(select(MilestoneRecord).where(MilestoneRecord.kpi_id == kpi_id).order_by(MilestoneRecord.id.desc()))
    return [shown(record, targets.get(record.part), calendar) for record in records]


async def calendar_of(session: ReadSession, kpi: Kpi) -> BusinessCalendar:
    """The calendar that a KPI follows. Asks for no viewer: callers have checked."""
    return (await business_calendars_by_id(session, [kpi.calendar_id])).get(kpi.calendar_id, BusinessCalendar())


def shown(record: MilestoneRecord, target: KpiTarget | None, calendar: BusinessCalendar) -> MilestoneRecordOutput:
    """A record beside its present target."""
    due_on = target.due_on if target else None
    rule = Lateness.model_validate(target.lateness) if target and target.lateness else None
    late = days_late(rule, due_on, record.done_on, calendar.days) if due_on else 0
    names = MilestoneRecordOutput.model_fields.keys() - {"due_on", "days_late"}
    return MilestoneRecordOutput(**{name: getattr(record, name) for name in names}, due_on=due_on, days_late=late)
