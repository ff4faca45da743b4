"""Recording measurements: each row by itself, all rows in one transaction."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from chassis import audit, events
from chassis.access import Viewer
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError
from chassis.tabular import Rows
from kpi_api.measurements.measurable import MeasurableKpi, lock_measurable
from kpi_api.measurements.readings import Amount, Provenance, Reading, WrongRow, read_reading
from kpi_api.measurements.revisions import Cell, Knowledge
from kpi_api.measurements.storage import NewMeasurement, insert_measurements, read_revisions


@dataclass
class _Request:
    """The state of one request while its rows are worked through."""

    viewer: Viewer
    now: datetime
    provenance: Provenance
    knowledge: Knowledge
    new: list[NewMeasurement] = field(default_factory=list)


async def record_measurements(viewer: Viewer, session: WriteSession, rows: Rows) -> BulkResult:
    """Record rows of text (see `readings`) in their order. A wrong row is named in its result and stops only itself.

    `created` is a first value, `updated` a correction of which both values are kept, `unchanged` says nothing new.

    Codes of wrong rows: those of `Reading`, unknown_kpi, unknown_part, ratio_needed, value_needed, outside_window, wrong_period,
    said_differently, period_closed. Rule: domain "Measurement", S2 steps 2 and 3.
    """
    readings, unreadable = _read(rows)
    kpis = await lock_measurable(viewer, session, {reading.kpi for _, reading in readings})
    placed, misplaced = _place(readings, kpis)
    placed, contradicting = _without_contradictions(placed)
    provenance: Provenance = "form" if viewer.person_id else "system"
    request = _Request(viewer, session.now, provenance, await _knowledge(session, placed))
    decided = [_decide(request, one) for one in placed]
    await insert_measurements(session, viewer.subject, request.new)
    await _announce(viewer, session, request.new)
    return BulkResult.of([*unreadable, *misplaced, *contradicting, *decided])


def _read(rows: Rows) -> tuple[list[tuple[int, Reading]], list[RowResult]]:
    readings, wrong = [], []
    for row, cells in rows:
        try:
            readings.append((row, read_reading(row, cells)))
        except WrongRow as problem:
            wrong.append(_refuse(row, problem.errors))
    return readings, wrong


class _Placed(NamedTuple):
    """A reading with its KPI, cell, and the last day of its period."""

    row: int
    reading: Reading
    kpi: MeasurableKpi
    cell: Cell
    period_end: date


def _place(readings: list[tuple[int, Reading]], kpis: dict[UUID | str, MeasurableKpi]) -> tuple[list[_Placed], list[RowResult]]:
    """Each reading in its place, and the results of those that have none."""
    placed, refused = [], []
    for row, reading in readings:
        kpi = kpis.get(reading.kpi)
        try:
            if kpi is None:
                raise WrongRow([_unknown_kpi(row, reading)])
            end = kpi.calendar.check(row, reading)
            placed.append(_Placed(row, reading, kpi, Cell(kpi.id, reading.part, reading.period_start), end))
        except WrongRow as problem:
            refused.append(_refuse(row, problem.errors))
    return placed, refused


def _without_contradictions(placed: list[_Placed]) -> tuple[list[_Placed], list[RowResult]]:
    """Rows of one request that give different values for the same part and period refuse each other: their order says nothing."""
    said: defaultdict[Cell, dict[Amount, int]] = defaultdict(dict)
    for one in placed:
        said[one.cell].setdefault(one.reading.amount, one.row)
    refused = [_refuse(one.row, [_said_differently(one, said[one.cell])]) for one in placed if len(said[one.cell]) > 1]
    return [one for one in placed if len(said[one.cell]) == 1], refused


def _said_differently(one: _Placed, said: dict[Amount, int]) -> FieldError:
    other = next(row for amount, row in said.items() if amount != one.reading.amount)
    message = f"Row {other} gives another value for the same KPI, part and period. Send one of them; a correction is sent by itself."
    return FieldError(row=one.row, field="/period_start", code="said_differently", message=message)


async def _knowledge(session: WriteSession, placed: list[_Placed]) -> Knowledge:
    knowledge = Knowledge()
    knowledge.learn(await read_revisions(session, {one.cell for one in placed}))
    return knowledge


def _decide(request: _Request, placed: _Placed) -> RowResult:
    row, reading, kpi, cell, period_end = placed
    content = (cell, reading.amount, reading.source, reading.source_record_id)
    if request.knowledge.knows(*content):
        return RowResult(row=row, status="unchanged", id=request.knowledge.current[cell].id)
    if kpi.closed and not (reading.correction_reason and request.viewer.may("measurements.correct_after_closing")):
        return _refuse(row, [_period_closed(row)])
    value = request.knowledge.append(new_id(), *content, request.now)
    provenance = reading.provenance or request.provenance
    request.new.append(NewMeasurement(value, period_end, provenance, reading.correction_reason, kpi.closed))
    return RowResult(row=row, status="created" if value.revision == 1 else "updated", id=value.id, errors=[])


def _unknown_kpi(row: int, reading: Reading) -> FieldError:
    field_name = "/kpi_id" if reading.kpi_id else "/kpi_code"
    return FieldError(row=row, field=field_name, code="unknown_kpi", message="There is no such KPI that you may record values for.")


def _period_closed(row: int) -> FieldError:
    message = "The cycle of this period is closing or closed. An HR administrator may correct the value and give a correction_reason."
    return FieldError(row=row, field="/period_start", code="period_closed", message=message)


def _refuse(row: int, errors: list[FieldError]) -> RowResult:
    return RowResult(row=row, status="error", errors=errors)


async def _announce(viewer: Viewer, session: WriteSession, new: list[NewMeasurement]) -> None:
    """One event for the whole request, and an audit record of each KPI corrected after its closing."""
    if not new:
        return
    kpi_ids = sorted({str(measurement.recorded.cell.kpi_id) for measurement in new})
    await events.record(session, "measurement.recorded", "measurement_batch", new_id(), kpi_ids=kpi_ids)
    for kpi_id in sorted({measurement.recorded.cell.kpi_id for measurement in new if measurement.after_closing}):
        await audit.record(session, viewer.subject, "measurement.corrected_after_closing", "kpi", kpi_id)
