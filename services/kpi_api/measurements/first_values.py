"""First values in large numbers: what a nightly file mostly holds.

An ordinary row names an open KPI, one of its periods, a plain value and where it comes from. If no other row of its request speaks of the
same cell and no value is known there, only one thing can become of it. Every row that is otherwise in any way is left to `actions`, which
knows all that can be wrong. Ordinary rows go in by COPY, which row-level security allows into a temporary table only, and one INSERT from
there.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from itertools import repeat
from typing import Final, NamedTuple

from chassis.database import WriteSession
from chassis.identifiers import new_id_text
from chassis.numbers import PATTERN
from chassis.tabular import Columns
from kpi_api.dictionary.vocabulary import PAIRED
from kpi_api.measurements.measurable import MeasurableKpis
from kpi_api.measurements.readings import COLUMNS, LONGEST_TEXT, MAIN
from kpi_api.measurements.revisions import Cell

PLAIN_NUMBER: Final = re.compile(PATTERN).fullmatch

# A transaction may record several times; what arrived before is stored already.
CREATE_FIRST_VALUES = """
    DROP TABLE IF EXISTS pg_temp.first_values;
    CREATE TEMPORARY TABLE first_values (
      id uuid, kpi_id uuid, part text, period_start date, period_end date, value numeric, source text, source_record_id text
    ) ON COMMIT DROP
"""

# OFFSET keeps to the index of the cells, whatever the planner believes about so young a table.
TAKE_BACK_KNOWN = """
    DELETE FROM first_values f
    WHERE EXISTS (
      SELECT FROM measurements m
      WHERE m.organization_id = $1 AND m.kpi_id = f.kpi_id AND m.part = f.part AND m.period_start = f.period_start
        AND m.period_start BETWEEN $2 AND $3
      OFFSET 0
    )
    RETURNING f.id::text
"""

INSERT = """
    INSERT INTO measurements (
      organization_id, recorded_by, recorded_at, provenance, revision, after_closing,
      id, kpi_id, part, period_start, period_end, value, source, source_record_id)
    SELECT $1::uuid, $2::text, $3::timestamptz, $4::text, 1, false, first_values.* FROM first_values
"""


class FirstValue(NamedTuple):
    """The number of a row, its measurement's id, and the line that COPY takes."""

    row: int
    id: str
    line: str


def find_ordinary(table: Columns, kpis: MeasurableKpis) -> dict[Cell, FirstValue]:
    """The ordinary rows whose cell no other ordinary row speaks of, by cell."""
    ordinary: dict[Cell, FirstValue] = {}
    repeated = set()
    lines = zip(*(table.get(name, repeat("")) for name in COLUMNS), strict=False)
    for row, line in enumerate(lines, start=1):
        if found := _read_ordinary(kpis, row, *line):
            cell, first = found
            if ordinary.setdefault(cell, first) is not first:
                repeated.add(cell)
    for cell in repeated:
        del ordinary[cell]
    return ordinary


def _read_ordinary(
    kpis: MeasurableKpis, row: int, kpi_id: str, kpi_code: str, part: str, period_start: str, period_end: str,
    value: str, numerator: str, denominator: str, source: str, source_record_id: str, provenance: str, correction_reason: str,
) -> tuple[Cell, FirstValue] | None:  # fmt: skip
    """Printable text holds no tab, no line break and nothing that PostgreSQL refuses."""
    if numerator or denominator or provenance or correction_reason or (kpi_id and kpi_code):
        return None
    own_id, part = kpi_id or kpis.id_by_code.get(kpi_code, ""), part or MAIN
    kpi = kpis.by_id.get(own_id)
    plain = kpi and not kpi.closed and kpi.calendar.combine not in PAIRED and part not in kpi.calendar.unproven
    period = kpi and plain and kpi.calendar.as_written.get((part, period_start))
    if not period or (period_end and period_end != period.end) or not PLAIN_NUMBER(value) or not source:
        return None
    texts = source + source_record_id
    if len(texts) > LONGEST_TEXT or not texts.isprintable():
        return None
    id_ = new_id_text()
    line = f"{id_}\t{own_id}\t{part}\t{period_start}\t{period.end}\t{value}\t{source}\t{source_record_id}"
    return Cell(own_id, part, period.start), FirstValue(row, id_, line)


async def bring_first_values(session: WriteSession, ordinary: Mapping[Cell, FirstValue]) -> set[Cell]:
    """Bring them to the database, except where a value is known already; the cells of which this is so."""
    if not ordinary:
        return set()
    lines = "\n".join([first.line for first in ordinary.values()]).replace("\\", "\\\\").encode()
    starts = {cell.period_start for cell in ordinary}
    driver = await session.driver()
    await driver.execute(CREATE_FIRST_VALUES)
    await driver.copy_to_table("first_values", source=BytesIO(lines), format="text", null="")
    known = {id_ for (id_,) in await driver.fetch(TAKE_BACK_KNOWN, session.organization_id, min(starts), max(starts))}
    return {cell for cell, first in ordinary.items() if first.id in known} if known else set()


async def insert_first_values(session: WriteSession, recorded_by: str, now: datetime, provenance: str) -> None:
    """Append those that were brought."""
    driver = await session.driver()
    await driver.execute(INSERT, session.organization_id, recorded_by, now, provenance)
