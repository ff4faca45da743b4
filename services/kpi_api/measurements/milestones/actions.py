"""Recording that a milestone was done, with what shows it."""

from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.numbers import plain_text
from chassis.problems import FieldError
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import KpiTarget
from kpi_api.cycles.periods import periods
from kpi_api.measurements.actions import record_measurements
from kpi_api.measurements.measurable import require_measurable
from kpi_api.measurements.milestones.models import MilestoneRecord
from kpi_api.measurements.milestones.problems import EvidenceRequired, MilestoneRefused, NotAMilestone
from kpi_api.measurements.milestones.queries import calendar_of, shown
from kpi_api.measurements.milestones.schemas import MilestoneDone, MilestoneRecordOutput
from kpi_api.measurements.queries import MeasuredPart, measured_parts

SOURCE: Final = "Milestone"


async def record_done(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: MilestoneDone) -> MilestoneRecordOutput:
    """Record that a milestone was done: the record with its evidence, and its target as the value of the period in which it was done.

    Raises NotFound, NotAllowed, Conflict, NotAMilestone, EvidenceRequired, MilestoneRefused. Rule: S0, "Development KPIs"; domain 3.
    """
    kpi = await cascade.kpi(viewer, session, kpi_id)
    await require_measurable(viewer, session, kpi_id)
    target = await _milestone(session, kpi_id, given.part)
    if target.evidence_required and not (given.evidence or given.evidence_link):
        raise EvidenceRequired("This is done only with evidence: give a link, or words that show it.", field="/evidence")
    calendar = await calendar_of(session, kpi)
    today = session.now.astimezone(ZoneInfo(calendar.time_zone)).date()
    if given.done_on > today:
        raise MilestoneRefused(f"{given.done_on} lies ahead: what is done was done by today, {today}.", field="/done_on")
    record = MilestoneRecord(kpi_id=kpi_id, **given.model_dump(), recorded_by=viewer.subject, recorded_at=session.now)
    session.add(record)
    await session.flush()
    await _record_value(viewer, session, kpi_id, target, given.done_on)
    return shown(record, target, calendar)


async def require_milestone(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> None:
    """What `record_done` asks first, of a KPI that the viewer sees whole. Raises NotAllowed, Conflict, NotAMilestone."""
    await require_measurable(viewer, session, kpi_id)
    targets = (await cascade.targets(session, [kpi_id]))[kpi_id]
    if not any(_is_milestone(target) for target in targets):
        raise NotAMilestone("No target of this KPI is due on a day.")


def _is_milestone(target: KpiTarget) -> bool:
    return target.comparison == "at_least" and (target.due_on is not None or target.evidence_required)


async def _milestone(session: ReadSession, kpi_id: UUID, part: str) -> KpiTarget:
    targets = (await cascade.targets(session, [kpi_id]))[kpi_id]
    found = next((target for target in targets if target.part == part), None)
    if found is None:
        message = f"This KPI has no part `{part}`; it has {', '.join(target.part for target in targets)}."
        raise MilestoneRefused(message, field="/part")
    if not _is_milestone(found):
        raise NotAMilestone("Only a target of at least so much that is due on a day, or asks for evidence, is done once; record values.")
    return found


async def _record_value(viewer: Viewer, session: WriteSession, kpi_id: UUID, target: KpiTarget, done_on: date) -> None:
    measured = next((part for part in await measured_parts(session, [kpi_id]) if part.target.part == target.part), None)
    row = {
        "kpi_id": str(kpi_id), "part": target.part, "period_start": str(_period_start(measured, done_on)),
        "value": plain_text(target.value), "source": SOURCE,
    }  # fmt: skip
    outcomes = await record_measurements(viewer, session, {name: [text] for name, text in row.items()})
    if outcomes.errors:
        (errors,) = outcomes.errors.values()
        raise MilestoneRefused(errors[0].message, errors=[_about_the_day(error) for error in errors])


def _about_the_day(error: FieldError) -> FieldError:
    return error.model_copy(update={"field": "/done_on", "row": None})


def _period_start(part: MeasuredPart | None, done_on: date) -> date:
    """The first day of the period that holds the day; the day itself where none does, which is then refused by name."""
    if part is None:
        return done_on
    return next((period.start for period in periods(part.window, part.per) if period.start <= done_on <= period.end), done_on)
