"""Reads of milestones that were done, by whoever sees the KPI whole."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
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
    found = await milestones_of_kpis(viewer, session, [kpi_id])
    if not found:
        raise NotFound()
    return found[kpi_id]


async def milestones_of_kpis(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, list[MilestoneRecordOutput]]:
    """`milestone_records` of those KPIs that the viewer sees whole: as many statements for one as for many."""
    calendar_ids = {kpi.id: kpi.calendar_id for kpi in await session.scalars(cascade.kpis(viewer).where(cascade.among(Kpi.id, kpi_ids)))}
    of_kpis = select(MilestoneRecord).where(cascade.among(MilestoneRecord.kpi_id, calendar_ids.keys()))
    records = (await session.scalars(of_kpis.order_by(MilestoneRecord.id.desc()))).all()
    targets = await cascade.targets(session, {record.kpi_id for record in records})
    calendars = await business_calendars_by_id(session, {calendar_ids[record.kpi_id] for record in records})
    found: dict[UUID, list[MilestoneRecordOutput]] = {id_: [] for id_ in calendar_ids}
    for record in records:
        target = next((target for target in targets[record.kpi_id] if target.part == record.part), None)
        calendar = calendars.get(calendar_ids[record.kpi_id], BusinessCalendar())
        found[record.kpi_id].append(shown(record, target, calendar))
    return found


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
