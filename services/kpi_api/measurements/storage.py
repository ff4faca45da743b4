"""Measurements in and out of PostgreSQL many at a time, by one statement each that takes whole columns as arrays."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from chassis.database import WriteSession
from kpi_api.measurements.readings import Amount
from kpi_api.measurements.revisions import Cell, Recorded

INSERT = """
    INSERT INTO measurements (
      organization_id, recorded_by, id, kpi_id, part, period_start, revision, value, numerator, denominator,
      source, source_record_id, recorded_at, period_end, provenance, after_closing)
    SELECT $1::uuid, $2::text, appended.*
    FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::bigint[], $8::numeric[], $9::numeric[], $10::numeric[],
      $11::text[], $12::text[], $13::timestamptz[], $14::date[], $15::text[], $16::boolean[]) AS appended
"""

INSERT_REASONS = """
    INSERT INTO correction_reasons (organization_id, id, kpi_id, text)
    SELECT $1::uuid, given.* FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS given
"""

# The bounds on period_start let PostgreSQL leave out the partitions of other years.
READ_REVISIONS = """
    SELECT m.id::text, m.kpi_id::text, m.part, m.period_start, m.revision, m.value, m.numerator, m.denominator,
      m.source, m.source_record_id, m.recorded_at
    FROM unnest($2::uuid[], $3::text[], $4::date[]) AS cell (kpi_id, part, period_start)
    JOIN measurements m ON m.organization_id = $1
      AND m.kpi_id = cell.kpi_id AND m.part = cell.part AND m.period_start = cell.period_start AND m.period_start BETWEEN $5 AND $6
    ORDER BY m.kpi_id, m.part, m.period_start, m.revision
"""


class NewMeasurement(NamedTuple):
    """A value about to be appended."""

    recorded: Recorded
    period_end: date
    provenance: str
    after_closing: bool
    correction_reason: str | None


async def insert_measurements(session: WriteSession, recorded_by: str, new: Sequence[NewMeasurement]) -> None:
    """Append them all."""
    if not new:
        return
    rows = [(r.id, *r.cell, r.revision, *r.amount, r.source, r.source_record_id, r.recorded_at, *rest) for r, *rest, _ in new]
    driver = await session.driver()
    await driver.execute(INSERT, session.organization_id, recorded_by, *zip(*rows, strict=True))
    if reasons := [(one.recorded.id, one.recorded.cell.kpi_id, one.correction_reason) for one in new if one.correction_reason]:
        await driver.execute(INSERT_REASONS, session.organization_id, *zip(*reasons, strict=True))


async def read_revisions(session: WriteSession, cells: Collection[Cell]) -> list[Recorded]:
    """Every value of these cells, each cell's in the order of its revisions."""
    if not cells:
        return []
    kpi_ids, parts, starts = (list(column) for column in zip(*cells, strict=True))
    driver = await session.driver()
    found = await driver.fetch(READ_REVISIONS, session.organization_id, kpi_ids, parts, starts, min(starts), max(starts))
    return [
        Recorded(id_, Cell(kpi_id, part, start), revision, Amount(value, numerator, denominator), source, record_id, moment)
        for id_, kpi_id, part, start, revision, value, numerator, denominator, source, record_id, moment in found
    ]
