"""The KPIs that a viewer may record values for, and the periods they are measured in.

A KPI with a target per month is measured per month. A target for the whole window is measured as often as its definition is updated, or
once for the window where the definition does not say.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self, cast
from uuid import UUID

from sqlalchemy import ARRAY, CTE, ColumnElement, Select, Text, Uuid, and_, any_, case, func, literal, or_, select

from chassis.access import Conditions, Viewer, sees
from chassis.database import ReadSession, WriteSession
from chassis.problems import Conflict, FieldError, NotAllowed
from kpi_api.access.sight import has_sight_of_kpi
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.sight import may_change
from kpi_api.cycles.calendars.queries import sprints_of
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Length, Window, periods
from kpi_api.dictionary.counting import combine_in_force, is_measured
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.vocabulary import PAIRED, QUALIFIED_TOTAL
from kpi_api.measurements.actuals import Span
from kpi_api.measurements.milestones.models import MilestoneRecord
from kpi_api.measurements.readings import Reading, WrongRow

CLOSED_STATUSES = {"closing", "closed"}
NOT_MEASURABLE = "There is no such KPI that you may record values for."
PERIOD_CLOSED = "The cycle of this period is closing or closed. An HR administrator may correct the value and give a correction_reason."


class WrittenPeriod(NamedTuple):
    """A period's first day, and its last as a row writes it."""

    start: date
    end: str


@dataclass(frozen=True)
class Calendar:
    """What a reading is checked against; KPIs from one template share it. By part, the length of its periods and the last day by the first
    of each. `unproven` holds what is done only with evidence, which is not there yet: by part the value that means done. A KPI that is
    `waiting` for the event with which its window begins has no periods."""

    window: Window
    combine: str
    lengths: Mapping[str, Length]
    period_ends: Mapping[str, Mapping[date, date]]
    unproven: Mapping[str, Decimal]
    waiting: bool = False

    def with_parts_of(self, other: Self) -> Self:
        """This calendar, and the parts of another of the same KPI."""
        return replace(
            self,
            lengths={**self.lengths, **other.lengths},
            period_ends={**self.period_ends, **other.period_ends},
            unproven={**self.unproven, **other.unproven},
        )

    @cached_property
    def as_written(self) -> Mapping[tuple[str, str], WrittenPeriod]:
        """The periods by part and first day as a row writes them."""
        return {
            (part, str(start)): WrittenPeriod(start, str(end))
            for part, ends in self.period_ends.items()
            for start, end in ends.items()
        }

    def check(self, row: int, reading: Reading) -> date:
        """The last day of the reading's period. Raises WrongRow."""
        if self.waiting:
            raise _wrong(row, "period_start", "kpi_waiting", "This KPI's window begins with an event whose day is not recorded yet.")
        ends = self.period_ends.get(reading.part)
        if ends is None:
            raise _wrong(row, "part", "unknown_part", f"This KPI has the parts {', '.join(sorted(self.lengths))}.")
        self._check_amount(row, reading)
        end = ends.get(reading.period_start)
        if end is None:
            raise self._wrong_start(row, reading, ends)
        if reading.period_end not in (None, end):
            message = f"The {self.lengths[reading.part]} that starts on {reading.period_start} ends on {end}."
            raise _wrong(row, "period_end", "wrong_period", message)
        return end

    def _check_amount(self, row: int, reading: Reading) -> None:
        if self.combine == "ratio_of_sums" and reading.value is not None:
            raise _wrong(row, "value", "ratio_needed", "This KPI adds up numerators and denominators: give both, not their ratio.")
        if self.combine == QUALIFIED_TOTAL:
            _check_count(row, reading)
        if self.combine not in PAIRED and reading.value is None:
            raise _wrong(row, "numerator", "value_needed", "This KPI takes a value.")
        done = self.unproven.get(reading.part)
        if done is not None and reading.value is not None and reading.value >= done:
            message = "This is done only with evidence: record it as done, with a link or words that show it."
            raise _wrong(row, "value", "evidence_required", message)

    def _wrong_start(self, row: int, reading: Reading, ends: Mapping[date, date]) -> WrongRow:
        start, end = self.window.start, self.window.end
        if not start <= reading.period_start <= end:
            return _wrong(row, "period_start", "outside_window", f"This KPI is measured from {start} to {end}.")
        begun, length = max(first for first in ends if first <= reading.period_start), self.lengths[reading.part]
        message = f"This KPI is measured per {length}; the {length} around this day runs from {begun} to {ends[begun]}."
        return _wrong(row, "period_start", "wrong_period", message)


def _wrong(row: int, field: str, code: str, message: str) -> WrongRow:
    return WrongRow([FieldError(row=row, field=f"/{field}", code=code, message=message)])


def _check_count(row: int, reading: Reading) -> None:
    if reading.numerator is None or reading.denominator is None:
        message = "Only what also meets the quality counts: give how many do as numerator, and how many there were as denominator."
        raise _wrong(row, "value", "count_needed", message)
    if not 0 <= reading.numerator <= reading.denominator:
        raise _wrong(row, "numerator", "more_than_all", "What meets the quality is at least 0 and at most the denominator, all there were.")


@lru_cache(maxsize=4096)
def period_ends(window: Window, length: Length) -> Mapping[date, date]:
    """Last day by first day of each period of a window; most KPIs share a few windows."""
    return {period.start: period.end for period in periods(window, length)}


@lru_cache(maxsize=4096)
def span_of(window: Window, length: Length) -> Span:
    """How many periods a window has."""
    return Span.of(periods(window, length))


def measured_per(target_period: str, update_frequency: str | None) -> Length:
    """The length of the periods that a part with this target is measured in."""
    return cast("Length", (update_frequency or "window") if target_period == "window" else target_period)


def may_record(viewer: Viewer) -> ColumnElement[bool]:
    """KPIs for which the viewer may record: who may change them, and the stakeholders of a shared one (S1: each records their part)."""
    shared: Conditions = {"stakeholder": lambda: has_sight_of_kpi(viewer, Kpi.id, "stakeholder")}
    return or_(may_change(viewer), sees(viewer, "kpi_to_measure", shared))


async def require_measurable(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> None:
    """What each row of measurements is asked, for one KPI. Raises NotAllowed, Conflict."""
    statement = select(Cycle.status).join(Kpi, Kpi.cycle_id == Cycle.id).where(Kpi.id == kpi_id, may_record(viewer))
    status = await session.scalar(statement)
    if status is None:
        raise NotAllowed(NOT_MEASURABLE)
    if status in CLOSED_STATUSES and not may_correct(viewer):
        raise Conflict(PERIOD_CLOSED)


def may_correct(viewer: Viewer) -> bool:
    """Whether the viewer may correct, with a reason, what was recorded for a cycle that is closing or closed."""
    return viewer.may("measurements.correct_after_closing")


class MeasurableKpi(NamedTuple):
    """What KPIs that values are recorded for have in common; `closed` when their cycle is closing or closed."""

    closed: bool
    calendar: Calendar


@dataclass(frozen=True)
class MeasurableKpis:
    """KPIs by id, and ids by code. Ids are text here: a UUID takes long to make and to compare."""

    by_id: dict[str, MeasurableKpi]
    id_by_code: dict[str, str]

    def id_of(self, kpi_id: UUID | str | None, kpi_code: str | None) -> str | None:
        """The id of the KPI of this id or code, if it is among these."""
        known = str(kpi_id) if kpi_id else self.id_by_code.get(kpi_code or "")
        return known if known in self.by_id else None


async def lock_measurable(viewer: Viewer, session: WriteSession, ids: Collection[str], codes: Collection[str]) -> MeasurableKpis:
    """The KPIs with one of these ids or codes that the viewer may record for.

    They stay locked until the transaction ends, in the order of their ids, so that two senders of the same KPI take turns; a cycle cannot
    start closing meanwhile.
    """
    groups = (await session.execute(_alike(_locked(viewer, ids, codes)))).all()
    cycles = await _lock_cycles(session, {cycle_id for cycle_id, *_ in groups})
    kpis = MeasurableKpis({}, {})
    per_sprint = {row.calendar_id for row in groups if "sprint" in (row.period, row.update_frequency)}
    sprints = await sprints_of(session, per_sprint)
    for cycle_id, first_day, last_day, waiting, calendar_id, combine, frequency, part, period, done, owners, their_codes in groups:
        cycle = cycles[cycle_id]
        length = measured_per(period, frequency) if part else None
        window = Window(first_day, last_day, cycle.starts_on, sprints.get(calendar_id, ()))
        calendar = _calendar(window, combine, part, length, done, waiting=waiting)
        _add(kpis, owners, MeasurableKpi(cycle.status in CLOSED_STATUSES, calendar))
        kpis.id_by_code.update((code, id_) for code, id_ in zip(their_codes, owners, strict=True) if code)
    return kpis


def _add(kpis: MeasurableKpis, ids: Collection[str], kpi: MeasurableKpi) -> None:
    """Those of several parts have been added with another of them already."""
    others = {id_: kpis.by_id[id_].calendar for id_ in kpis.by_id.keys() & set(ids)}
    kpis.by_id.update(dict.fromkeys(ids, kpi))
    kpis.by_id.update((id_, kpi._replace(calendar=kpi.calendar.with_parts_of(other))) for id_, other in others.items())


def _locked(viewer: Viewer, ids: Collection[str], codes: Collection[str]) -> CTE:
    """The KPIs of these names, locked one after the other."""
    by_id = Kpi.id == any_(literal(list(ids), ARRAY(Text)).cast(ARRAY(Uuid)))
    by_code = Kpi.code == any_(literal(list(codes), ARRAY(Text)))
    return (
        select(Kpi.id, Kpi.code, Kpi.cycle_id, Kpi.window_start, Kpi.window_end, Kpi.definition_version_id,
               (Kpi.status == "waiting").label("waiting"), Kpi.calendar_id)
        .where(or_(by_id, by_code) if codes else by_id, may_record(viewer))
        .order_by(Kpi.id)
        .with_for_update(key_share=True, of=Kpi)
        .cte("locked")
    )


def _alike(locked: CTE) -> Select[Any]:
    """The parts of the locked KPIs, a row for all that are alike: what makes their calendar, then the ids and codes of their KPIs."""
    kpi = locked.c
    alike = (
        kpi.cycle_id, kpi.window_start, kpi.window_end, kpi.waiting, kpi.calendar_id, combine_in_force().label("combine"),
        DefinitionVersion.update_frequency, KpiTarget.part, KpiTarget.period, _done_unproven().label("done"),
    )  # fmt: skip
    return (
        select(*alike, func.array_agg(kpi.id.cast(Text)), func.array_agg(kpi.code))
        .join(DefinitionVersion, DefinitionVersion.id == kpi.definition_version_id)
        .outerjoin(KpiTarget, and_(KpiTarget.kpi_id == kpi.id, is_measured(KpiTarget.part)))
        .group_by(*alike)
    )


def _done_unproven() -> ColumnElement[Any]:
    """The value that means done, of a target that asks for evidence and has none yet."""
    same = (MilestoneRecord.kpi_id == KpiTarget.kpi_id, MilestoneRecord.part == KpiTarget.part)
    proven = select(MilestoneRecord.id).where(MilestoneRecord.organization_id == KpiTarget.organization_id, *same).exists()
    return case((and_(KpiTarget.evidence_required, ~proven), KpiTarget.value))


async def _lock_cycles(session: WriteSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    found = await session.execute(
        select(Cycle.id, Cycle.status, Cycle.starts_on).where(Cycle.id.in_(ids)).order_by(Cycle.id).with_for_update(read=True)
    )
    return {row.id: row for row in found}


@lru_cache(maxsize=4096)
def _calendar(
    window: Window, combine: str, part: str | None, length: Length | None, done: Decimal | None, *, waiting: bool
) -> Calendar:
    """The calendar of one part; without any when there is none."""
    lengths = {part: length} if part and length else {}
    ends: dict[str, Mapping[date, date]] = {part: {} if waiting else period_ends(window, length) for part, length in lengths.items()}
    return Calendar(window, combine, lengths, ends, {part: done} if part and done is not None else {}, waiting)
