"""Bulk reading and writing of a computation: COPY out of pay bases, COPY of computed lines into a temporary table, one INSERT from there
into `run_lines` (row-level security refuses COPY into any other table).
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.csv as csv
from sqlalchemy import text

from chassis.database import WriteSession
from scoring.engine.snapshot import DECIMAL
from scoring.runs.models import Run

BOOKED_AT = ("legal_entity", "pay_group", "payroll_number", "cost_centre")
"""Where payroll books a payout; facts of the pay basis."""

BASES = pa.schema(
    [
        pa.field("person_id", pa.string()),
        *(pa.field(name, pa.date32()) for name in ("valid_from", "valid_to")),
        *(pa.field(name, DECIMAL) for name in ("salary", "target_bonus_share", "target_bonus_amount", "fte")),
        *(pa.field(name, pa.string()) for name in ("currency", *BOOKED_AT)),
    ]
)

COMPUTED = pa.schema(
    [
        ("id", pa.string()),
        ("scorecard_id", pa.string()),
        ("person_id", pa.string()),
        ("number", pa.int32()),
        ("plan_version_id", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("composite", DECIMAL),
        ("payout", DECIMAL),
        ("currency", pa.string()),
        ("reason_code", pa.string()),
        ("error_code", pa.string()),
        ("error_message", pa.string()),
        ("legal_entity", pa.string()),
        ("pay_group", pa.string()),
        ("payroll_number", pa.string()),
        ("cost_centre", pa.string()),
    ]
)

CREATE_COMPUTED = text(
    """
    CREATE TEMPORARY TABLE computed (
      id uuid, scorecard_id uuid, person_id uuid, number bigint, plan_version_id uuid, period_start date, period_end date,
      composite numeric, payout numeric, currency text, reason_code text, error_code text, error_message text,
      legal_entity text, pay_group text, payroll_number text, cost_centre text
    ) ON COMMIT DROP
    """
)

# What earlier runs released for the same scorecards turns a payout into a difference. Money released in another currency cannot be
# subtracted: such a line fails. A correction keeps only what differs.
WRITE_LINES = text(
    """
    WITH released AS (
      SELECT p.scorecard_id, sum(p.amount) AS amount, min(p.currency) AS currency,
        (array_agg(p.id ORDER BY r.released_at DESC, p.id DESC))[1] AS line_id
      FROM run_lines p JOIN runs r ON r.organization_id = p.organization_id AND r.id = p.run_id AND r.status = 'released'
      WHERE p.organization_id = :organization_id AND p.amount IS NOT NULL AND p.scorecard_id IN (SELECT scorecard_id FROM computed)
      GROUP BY p.scorecard_id
    ), joined AS (
      SELECT c.*, coalesce(b.amount, 0) AS released_before, b.line_id, b.currency <> c.currency AS other_currency
      FROM computed c LEFT JOIN released b ON b.scorecard_id = c.scorecard_id
    )
    INSERT INTO run_lines (organization_id, id, run_id, scorecard_id, person_id, number, plan_version_id, period_start, period_end,
      composite, payout, released_before, amount, currency, reason_code, error_code, error_message, corrects_line_id,
      legal_entity, pay_group, payroll_number, cost_centre)
    SELECT :organization_id, id, :run_id, scorecard_id, person_id, number, plan_version_id, period_start, period_end,
      trim_scale(composite), CASE WHEN other_currency THEN NULL ELSE trim_scale(payout) END, trim_scale(released_before),
      CASE WHEN other_currency THEN NULL ELSE trim_scale(payout - released_before) END, currency, reason_code,
      CASE WHEN other_currency AND error_code IS NULL THEN 'released_in_other_currency' ELSE error_code END,
      CASE WHEN other_currency AND error_code IS NULL THEN 'Money was released for this scorecard in another currency.'
        ELSE error_message END,
      line_id, legal_entity, pay_group, payroll_number, cost_centre
    FROM joined
    WHERE NOT :differences_only OR other_currency OR error_code IS NOT NULL OR payout <> released_before
    ORDER BY person_id, scorecard_id
    """
)

TOTALS = text(
    """
    SELECT coalesce(sum(lines), 0) AS line_count, coalesce(sum(failed), 0) AS failed_count, coalesce(sum(zero), 0) AS zero_count,
      coalesce(jsonb_object_agg(currency, amount::text) FILTER (WHERE amount IS NOT NULL), '{}') AS amounts
    FROM (
      SELECT currency, count(*) AS lines, count(*) FILTER (WHERE error_code IS NOT NULL) AS failed,
        count(*) FILTER (WHERE amount = 0) AS zero, sum(amount) AS amount
      FROM run_lines WHERE organization_id = :organization_id AND run_id = :run_id GROUP BY currency
    ) by_currency
    """
)

CLEAR = [
    text(f"DELETE FROM {table} WHERE organization_id = :organization_id AND run_id = :run_id")  # noqa: S608
    for table in ("run_lines", "run_results")
]

PAY_BASES = f"""
    SELECT {", ".join(BASES.names)} FROM pay_bases
    WHERE organization_id = $1 AND person_id = ANY($2) AND valid_from <= $4 AND (valid_to IS NULL OR valid_to > $3)
    ORDER BY person_id, valid_from
"""  # noqa: S608 - the names are ours


async def pay_bases(session: WriteSession, people: Sequence[UUID], period: tuple[date, date]) -> pa.Table:
    """The pay bases of people that touch a period, sorted by person and first day."""
    content = BytesIO()
    query = (PAY_BASES, session.organization_id, people, *period)
    await (await session.driver()).copy_from_query(*query, output=content, format="csv")
    columns = csv.ConvertOptions(column_types=BASES, strings_can_be_null=True, quoted_strings_can_be_null=False)
    content.seek(0)
    if not content.getbuffer().nbytes:
        return BASES.empty_table()
    return csv.read_csv(content, read_options=csv.ReadOptions(column_names=BASES.names), convert_options=columns)


async def clear_results(session: WriteSession, run_id: UUID) -> None:
    """Remove what an earlier computation of the run wrote, and prepare for the lines to come."""
    for statement in CLEAR:
        await session.execute(statement, {"organization_id": session.organization_id, "run_id": run_id})
    await session.execute(CREATE_COMPUTED)


async def copy_lines(session: WriteSession, lines: pa.Table) -> None:
    """COPY computed lines into the temporary table."""
    content = BytesIO()
    csv.write_csv(lines, content, csv.WriteOptions(include_header=False))
    content.seek(0)
    await (await session.driver()).copy_to_table("computed", source=content, format="csv")


async def write_lines(session: WriteSession, run: Run) -> dict[str, Any]:
    """Turn the computed lines into the run's lines. Returns the run's totals."""
    key = {"organization_id": session.organization_id, "run_id": run.id}
    await session.execute(text("ANALYZE computed"))
    await session.execute(WRITE_LINES, {**key, "differences_only": run.kind == "correction"})
    totals = (await session.execute(TOTALS, key)).mappings().one()
    return {name: value if name == "amounts" else int(value) for name, value in totals.items()}
