"""Recording measurements: each row by itself, all rows in one transaction."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chassis import audit, events
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError
from chassis.tabular import Rows
from kpi_api.access.viewer import Viewer
from kpi_api.measurements.measurable import MeasurableKpi, lock_measurable
from kpi_api.measurements.readings import Provenance, Reading, WrongRow, error, read_reading
from kpi_api.measurements.revisions import Cell, Knowledge
from kpi_api.measurements.storage import NewMeasurement, insert_measurements, read_revisions


@dataclass
class _Request:
    """The state of one request while its rows are worked through."""

    viewer: Viewer
    now: datetime
    knowledge: Knowledge
    new: list[NewMeasurement] = field(default_factory=list)


async def record_measurements(viewer: Viewer, session: WriteSession, rows: Rows) -> BulkResult:
    """Record rows of text (see `readings`) in their order. A wrong row is named in its result and stops only itself.

    `created` is a first value, `updated` a correction of which both values are kept, `unchanged` says nothing new.

    Codes of wrong rows: those of `readings`, unknown_kpi, unknown_part, ratio_needed, value_needed, outside_window, wrong_period,
    period_closed. Rule: domain "Measurement", S2 steps 2 and 3.
    """
    provenance: Provenance = "form" if viewer.person_id else "system"
    readings, results = _read(rows, provenance)
    kpis = await lock_measurable(viewer, session, {reading.kpi for reading in readings})
    placed, refused = _place(readings, kpis)
    request = _Request(viewer, session.now, await _knowledge(session, placed))
    results += refused + [_decide(request, reading, kpi, end) for reading, kpi, end in placed]
    await insert_measurements(session, viewer.subject, request.new)
    await _announce(viewer, session, request.new)
    return BulkResult.of(results)


def _read(rows: Rows, provenance: Provenance) -> tuple[list[Reading], list[RowResult]]:
    readings, wrong = [], []
    for row, cells in rows:
        try:
            readings.append(read_reading(row, cells, provenance))
        except WrongRow as problem:
            wrong.append(_refuse(row, problem))
    return readings, wrong


Placed = tuple[Reading, MeasurableKpi, date]


def _place(readings: list[Reading], kpis: dict[UUID | str, MeasurableKpi]) -> tuple[list[Placed], list[RowResult]]:
    """Each reading with its KPI and the last day of its period, and the results of those that have no place."""
    placed, refused = [], []
    for reading in readings:
        try:
            kpi = _find(reading, kpis)
            placed.append((reading, kpi, kpi.check(reading)))
        except WrongRow as problem:
            refused.append(_refuse(reading.row, problem))
    return placed, refused


def _find(reading: Reading, kpis: dict[UUID | str, MeasurableKpi]) -> MeasurableKpi:
    if reading.kpi in kpis:
        return kpis[reading.kpi]
    field_name = "kpi_id" if isinstance(reading.kpi, UUID) else "kpi_code"
    raise WrongRow([error(reading.row, field_name, "unknown_kpi", "There is no such KPI that you may record values for.")])


async def _knowledge(session: WriteSession, placed: list[Placed]) -> Knowledge:
    knowledge = Knowledge()
    knowledge.learn(await read_revisions(session, {Cell(kpi.id, reading.part, reading.period_start) for reading, kpi, _ in placed}))
    return knowledge


def _decide(request: _Request, reading: Reading, kpi: MeasurableKpi, period_end: date) -> RowResult:
    cell = Cell(kpi.id, reading.part, reading.period_start)
    if request.knowledge.knows(cell, reading.amount, reading.source, reading.source_record_id):
        return RowResult(row=reading.row, status="unchanged", id=request.knowledge.current[cell].id)
    if kpi.closed and not (reading.correction_reason and request.viewer.has("hr_admin")):
        return _refuse(reading.row, WrongRow([_period_closed(reading)]))
    new = _append(request, reading, cell, kpi.closed, period_end)
    return RowResult(row=reading.row, status="created" if new.revision == 1 else "updated", id=new.id)


def _append(request: _Request, reading: Reading, cell: Cell, after_closing: bool, period_end: date) -> NewMeasurement:
    new = NewMeasurement(
        id=new_id(),
        cell=cell,
        revision=request.knowledge.next_revision(cell),
        amount=reading.amount,
        source=reading.source,
        source_record_id=reading.source_record_id,
        recorded_at=request.knowledge.moment(cell, request.now),
        period_end=period_end,
        provenance=reading.provenance,
        correction_reason=reading.correction_reason,
        after_closing=after_closing,
    )
    request.new.append(new)
    request.knowledge.learn([new])
    return new


def _period_closed(reading: Reading) -> FieldError:
    message = "The cycle of this period is closing or closed. An HR administrator may correct the value and give a correction_reason."
    return error(reading.row, "period_start", "period_closed", message)


def _refuse(row: int, problem: WrongRow) -> RowResult:
    return RowResult(row=row, status="error", errors=problem.errors)


async def _announce(viewer: Viewer, session: WriteSession, new: list[NewMeasurement]) -> None:
    """One event for the whole request, and an audit record of each KPI corrected after its closing."""
    if not new:
        return
    kpi_ids = sorted({str(measurement.cell.kpi_id) for measurement in new})
    await events.record(session, "measurement.recorded", "measurement_batch", new_id(), kpi_ids=kpi_ids)
    for kpi_id in sorted({measurement.cell.kpi_id for measurement in new if measurement.after_closing}):
        await audit.record(session, viewer.subject, "measurement.corrected_after_closing", "kpi", kpi_id)
