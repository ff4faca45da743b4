"""The KPIs that a viewer may record values for, and the periods they are measured in.

A KPI with a target per month is measured per month. A target for the whole window is measured as often as its definition is updated, or
once for the window where the definition does not say.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, func, literal, or_, select

from chassis.access import Conditions, Viewer, sees
from chassis.database import ReadSession, WriteSession
from chassis.problems import FieldError
from kpi_api.access.sight import has_sight_of_kpi
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import may_change
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Length, Window, periods
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.measurements.actuals import Span
from kpi_api.measurements.readings import Reading, WrongRow

CLOSED_STATUSES = {"closing", "closed"}


@dataclass(frozen=True)
class Calendar:
    """What a reading is checked against; KPIs from one template share it. By part, the length of its periods and the last day by the first
    of each."""

    window: Window
    combine: str
    lengths: Mapping[str, Length]
    period_ends: Mapping[str, Mapping[date, date]]

    def check(self, row: int, reading: Reading) -> date:
        """The last day of the reading's period. Raises WrongRow."""
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
        if self.combine != "ratio_of_sums" and reading.value is None:
            raise _wrong(row, "numerator", "value_needed", "This KPI takes a value.")

    def _wrong_start(self, row: int, reading: Reading, ends: Mapping[date, date]) -> WrongRow:
        start, end = self.window.start, self.window.end
        if not start <= reading.period_start <= end:
            return _wrong(row, "period_start", "outside_window", f"This KPI is measured from {start} to {end}.")
        begun, length = max(first for first in ends if first <= reading.period_start), self.lengths[reading.part]
        message = f"This KPI is measured per {length}; the {length} around this day runs from {begun} to {ends[begun]}."
        return _wrong(row, "period_start", "wrong_period", message)


def _wrong(row: int, field: str, code: str, message: str) -> WrongRow:
    return WrongRow([FieldError(row=row, field=f"/{field}", code=code, message=message)])


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


class MeasurableKpi(NamedTuple):
    """A KPI that values are recorded for; `closed` when its cycle is closing or closed."""

    id: UUID
    code: str | None
    closed: bool
    calendar: Calendar


async def lock_measurable(viewer: Viewer, session: WriteSession, named: Collection[UUID | str]) -> dict[UUID | str, MeasurableKpi]:
    """The KPIs among `named` (ids or codes) that the viewer may record for, by the name used.

    They stay locked until the transaction ends, in the order of their ids, so that two senders of the same KPI take turns; a cycle cannot
    start closing meanwhile.
    """
    ids = [name for name in named if isinstance(name, UUID)]
    codes = [name for name in named if isinstance(name, str)]
    found = await session.execute(
        select(Kpi.id, Kpi.code, Kpi.cycle_id, Kpi.window_start, Kpi.window_end)
        .add_columns(DefinitionVersion.combine, DefinitionVersion.update_frequency)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .where(or_(among(Kpi.id, ids), Kpi.code == any_(literal(codes, ARRAY(Text)))), may_record(viewer))
        .order_by(Kpi.id)
        .with_for_update(key_share=True, of=Kpi)
    )
    rows = found.all()
    cycles = await _lock_cycles(session, {cycle_id for _, _, cycle_id, *_ in rows})
    targets = await _target_periods(session, [id_ for id_, *_ in rows])
    by_name: dict[UUID | str, MeasurableKpi] = {}
    for id_, code, cycle_id, first_day, last_day, combine, update_frequency in rows:
        cycle = cycles[cycle_id]
        calendar = _calendar(first_day, last_day, cycle.starts_on, combine, update_frequency, tuple(targets.get(id_, ())))
        by_name[id_] = MeasurableKpi(id_, code, cycle.status in CLOSED_STATUSES, calendar)
        if code:
            by_name[code] = by_name[id_]
    return by_name


async def _lock_cycles(session: WriteSession, ids: Iterable[UUID]) -> dict[UUID, Any]:
    found = await session.execute(
        select(Cycle.id, Cycle.status, Cycle.starts_on).where(Cycle.id.in_(ids)).order_by(Cycle.id).with_for_update(read=True)
    )
    return {row.id: row for row in found}


async def _target_periods(session: ReadSession, kpi_ids: list[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """By KPI, the period of each part's target."""
    found = await session.execute(
        select(KpiTarget.part, KpiTarget.period, func.array_agg(KpiTarget.kpi_id))
        .where(among(KpiTarget.kpi_id, kpi_ids))
        .group_by(KpiTarget.part, KpiTarget.period)
        .order_by(KpiTarget.part)
    )
    targets: dict[UUID, list[tuple[str, str]]] = {}
    for part, period, owners in found:
        target = (part, period)
        for kpi_id in owners:
            targets.setdefault(kpi_id, []).append(target)
    return targets


@lru_cache(maxsize=4096)
def _calendar(
    first_day: date, last_day: date, anchor: date, combine: str, update_frequency: str | None, target_periods: tuple[tuple[str, str], ...]
) -> Calendar:
    window = Window(first_day, last_day, anchor)
    lengths = {part: measured_per(period, update_frequency) for part, period in target_periods}
    return Calendar(window, combine, lengths, {part: period_ends(window, length) for part, length in lengths.items()})
