"""Measurements in and out of PostgreSQL many at a time: whole columns go over as arrays, one statement for any number of rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.database import WriteSession
from kpi_api.measurements.readings import Amount
from kpi_api.measurements.revisions import Cell, Recorded

INSERT = """
    INSERT INTO measurements (
      organization_id, recorded_by, id, kpi_id, part, period_start, period_end, revision, value, numerator, denominator,
      source, source_record_id, provenance, recorded_at, correction_reason, after_closing)
    SELECT $1, $2, * FROM unnest(
      $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::date[], $8::bigint[], $9::numeric[], $10::numeric[], $11::numeric[],
      $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::text[], $17::boolean[])
"""

# The bounds on period_start let PostgreSQL leave out the partitions of other years.
READ_REVISIONS = """
    SELECT m.id, m.kpi_id, m.part, m.period_start, m.revision, m.value, m.numerator, m.denominator,
      m.source, m.source_record_id, m.recorded_at
    FROM unnest($2::uuid[], $3::text[], $4::date[]) AS cell (kpi_id, part, period_start)
    JOIN measurements m ON m.organization_id = $1
      AND m.kpi_id = cell.kpi_id AND m.part = cell.part AND m.period_start = cell.period_start AND m.period_start BETWEEN $5 AND $6
    ORDER BY m.kpi_id, m.part, m.period_start, m.revision
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeasurement(Recorded):
    """A value about to be appended."""

    period_end: date
    provenance: str
    correction_reason: str | None
    after_closing: bool


async def insert_measurements(session: WriteSession, recorded_by: str, new: Sequence[NewMeasurement]) -> None:
    """Append them all in one statement."""
    if not new:
        return
    rows = [
        (
            m.id, *m.cell, m.period_end, m.revision, *m.amount, m.source, m.source_record_id, m.provenance, m.recorded_at,
            m.correction_reason, m.after_closing,
        )
        for m in new
    ]  # fmt: skip
    driver = await session.driver()
    await driver.execute(INSERT, session.organization_id, recorded_by, *map(list, zip(*rows, strict=True)))


async def read_revisions(session: WriteSession, cells: Collection[Cell]) -> list[Recorded]:
    """Every value of these cells, each cell's in the order of its revisions."""
    if not cells:
        return []
    kpi_ids, parts, starts = (list(column) for column in zip(*cells, strict=True))
    driver = await session.driver()
    found = await driver.fetch(READ_REVISIONS, session.organization_id, kpi_ids, parts, starts, min(starts), max(starts))
    return [
        Recorded(
            id=row["id"],
            cell=Cell(row["kpi_id"], row["part"], row["period_start"]),
            revision=row["revision"],
            amount=Amount(row["value"], row["numerator"], row["denominator"]),
            source=row["source"],
            source_record_id=row["source_record_id"],
            recorded_at=row["recorded_at"],
        )
        for row in found
    ]
