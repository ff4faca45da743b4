"""Recording measurements: each row by itself, all rows in one transaction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID

from chassis import audit, events
from chassis.access import Viewer
from chassis.bulk import RowOutcomes
from chassis.database import WriteSession
from chassis.identifiers import new_id, new_id_text
from chassis.problems import FieldError
from chassis.tabular import Columns
from kpi_api.measurements.first_values import FirstValue, bring_first_values, find_ordinary, insert_first_values
from kpi_api.measurements.measurable import (
    NOT_MEASURABLE,
    PERIOD_CLOSED,
    MeasurableKpi,
    MeasurableKpis,
    lock_measurable,
    may_correct,
)
from kpi_api.measurements.readings import Amount, Provenance, Reading, WrongRow, plain_ids, read_reading
from kpi_api.measurements.revisions import Cell, Knowledge
from kpi_api.measurements.storage import NewMeasurement, insert_measurements, read_revisions

MANY: Final = 500
"""Rows for which it pays to look for ordinary ones first; fewer are worked through one by one."""


class _Placed(NamedTuple):
    """A reading with its KPI, cell, and the last day of its period."""

    row: int
    reading: Reading
    kpi: MeasurableKpi
    cell: Cell
    period_end: date


@dataclass
class _Request:
    """The state of one request while its rows are worked through."""

    viewer: Viewer
    now: datetime
    provenance: Provenance
    table: Columns
    kpis: MeasurableKpis
    outcomes: RowOutcomes
    knowledge: Knowledge = field(default_factory=Knowledge)
    new: list[NewMeasurement] = field(default_factory=list)


async def record_measurements(viewer: Viewer, session: WriteSession, table: Columns) -> RowOutcomes:
    """Record a table of text (see `readings`), its rows in their order. A wrong row is named in its outcome and stops only itself.

    `created` is a first value, `updated` a correction of which both values are kept, `unchanged` says nothing new.

    Codes of wrong rows: those of `Reading`, unknown_kpi, unknown_part, ratio_needed, value_needed, outside_window, wrong_period,
    said_differently, period_closed. Rule: domain "Measurement", S2 steps 2 and 3.
    """
    outcomes = RowOutcomes(len(table["source"]))
    if not outcomes.ids:
        return outcomes
    kpis = await lock_measurable(viewer, session, plain_ids(table.get("kpi_id", ())), set(table.get("kpi_code", ())) - {""})
    request = _Request(viewer, session.now, "form" if viewer.person_id else "system", table, kpis, outcomes)
    first, placed = await _sort_out(request, session)
    for one in _without_contradictions(placed, outcomes):
        _decide(request, one)
    for value in first.values():
        outcomes.accept(value.row, "created", value.id)
    if first:
        await insert_first_values(session, viewer.subject, request.now, request.provenance)
    await insert_measurements(session, viewer.subject, request.new)
    await _announce(viewer, session, {cell.kpi_id for cell in first}, request.new)
    return outcomes


async def _sort_out(request: _Request, session: WriteSession) -> tuple[dict[Cell, FirstValue], list[_Placed]]:
    """The rows that are ordinary first values, and the others that can be placed, with what is known of their cells."""
    rows = range(1, len(request.outcomes.ids) + 1)
    first = find_ordinary(request.table, request.kpis) if len(rows) >= MANY else {}
    ordinary = {value.row for value in first.values()}
    placed = _place(request, [row for row in rows if row not in ordinary])
    shared = [first.pop(cell) for cell in {one.cell for one in placed} if cell in first]
    known = [first.pop(cell) for cell in await bring_first_values(session, first)]
    placed += _place(request, [value.row for value in (*shared, *known)])
    request.knowledge.learn(await read_revisions(session, {one.cell for one in placed}))
    return first, sorted(placed, key=attrgetter("row"))


def _place(request: _Request, rows: Iterable[int]) -> list[_Placed]:
    """Each of these rows that can be read and has a place, in its place."""
    placed = []
    for row in rows:
        try:
            reading = read_reading(row, {column: cells[row - 1] for column, cells in request.table.items()})
            placed.append(_place_reading(request.kpis, row, reading))
        except WrongRow as problem:
            request.outcomes.refuse(row, problem.errors)
    return placed


def _place_reading(kpis: MeasurableKpis, row: int, reading: Reading) -> _Placed:
    kpi_id = kpis.id_of(reading.kpi_id, reading.kpi_code)
    if kpi_id is None:
        raise WrongRow([_unknown_kpi(row, reading)])
    kpi = kpis.by_id[kpi_id]
    return _Placed(row, reading, kpi, Cell(kpi_id, reading.part, reading.period_start), kpi.calendar.check(row, reading))


def _without_contradictions(placed: list[_Placed], outcomes: RowOutcomes) -> list[_Placed]:
    """Rows of one request that give different values for the same part and period refuse each other: their order says nothing."""
    said: defaultdict[Cell, dict[Amount, int]] = defaultdict(dict)
    for one in placed:
        said[one.cell].setdefault(one.reading.amount, one.row)
    for one in placed:
        if len(said[one.cell]) > 1:
            outcomes.refuse(one.row, [_said_differently(one, said[one.cell])])
    return [one for one in placed if len(said[one.cell]) == 1]


def _said_differently(one: _Placed, said: dict[Amount, int]) -> FieldError:
    other = next(row for amount, row in said.items() if amount != one.reading.amount)
    message = f"Row {other} gives another value for the same KPI, part and period. Send one of them; a correction is sent by itself."
    return FieldError(row=one.row, field="/period_start", code="said_differently", message=message)


def _decide(request: _Request, placed: _Placed) -> None:
    row, reading, kpi, cell, period_end = placed
    content = (cell, reading.amount, reading.source, reading.source_record_id)
    if request.knowledge.knows(*content):
        request.outcomes.accept(row, "unchanged", request.knowledge.current[cell].id)
    elif kpi.closed and not (reading.correction_reason and may_correct(request.viewer)):
        request.outcomes.refuse(row, [_period_closed(row)])
    else:
        value = request.knowledge.append(new_id_text(), *content, request.now)
        provenance = reading.provenance or request.provenance
        request.new.append(NewMeasurement(value, period_end, provenance, kpi.closed, reading.correction_reason))
        request.outcomes.accept(row, "created" if value.revision == 1 else "updated", value.id)


def _unknown_kpi(row: int, reading: Reading) -> FieldError:
    field_name = "/kpi_id" if reading.kpi_id else "/kpi_code"
    return FieldError(row=row, field=field_name, code="unknown_kpi", message=NOT_MEASURABLE)


def _period_closed(row: int) -> FieldError:
    return FieldError(row=row, field="/period_start", code="period_closed", message=PERIOD_CLOSED)


async def _announce(viewer: Viewer, session: WriteSession, first: set[str], new: list[NewMeasurement]) -> None:
    """One event for the whole request, and an audit record of each KPI corrected after its closing."""
    kpi_ids = sorted(first | {measurement.recorded.cell.kpi_id for measurement in new})
    if not kpi_ids:
        return
    await events.record(session, "measurement.recorded", "measurement_batch", new_id(), kpi_ids=kpi_ids)
    for kpi_id in sorted({measurement.recorded.cell.kpi_id for measurement in new if measurement.after_closing}):
        await audit.record(session, viewer.subject, "measurement.corrected_after_closing", "kpi", UUID(kpi_id))
