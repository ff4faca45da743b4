"""What the KPIs below some KPIs measured, added up in PostgreSQL: a row for each KPI above, however many stand below.

`COMBINED` says in SQL what `actuals.combined` says in Python; a test holds one against the other.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession


def quotient(above: str, below: str) -> str:
    """SQL: above / below, rounded once, half-up away from zero at 12 places. `div` is exact for any numeric."""
    exact = f"div(2 * abs({above}) * 1e12 + abs({below}), 2 * abs({below}))"
    return f"(sign({above}) * sign({below}) * {exact} * 1e-12)"


MET: Final = """
    CASE k.comparison
      WHEN 'at_least' THEN m.value >= k.target WHEN 'above' THEN m.value > k.target
      WHEN 'at_most' THEN m.value <= k.target WHEN 'below' THEN m.value < k.target
      WHEN 'within' THEN m.value BETWEEN k.target AND k.target_high
    END
"""
_MEAN: Final = quotient("sum(m.value)", "count(m.id)::numeric")
_TIMES: Final = "CASE WHEN k.unit = 'percent' THEN 100 ELSE 1 END"
_RATIO: Final = quotient(f"(sum(m.numerator) * {_TIMES})", "sum(m.denominator)")
_SHARE: Final = quotient(f"(count(*) FILTER (WHERE k.combine = 'share_of_periods_met' AND {MET}))::numeric", "count(m.id)::numeric")
# The greatest of texts that begin with their day.
_LAST: Final = """
    substr(max((to_char(m.period_start, 'YYYYMMDD') || m.value) COLLATE "C") FILTER (WHERE k.combine = 'last'), 9)::numeric
"""

# PostgreSQL computes each aggregate for every KPI, whichever is chosen, so they must be cheap; an ordered one would sort them all.
COMBINED: Final = f"""
    CASE k.combine
      WHEN 'total' THEN sum(m.value)
      WHEN 'qualified_total' THEN sum(m.numerator)
      WHEN 'mean' THEN CASE WHEN count(m.id) > 0 THEN {_MEAN} END
      WHEN 'last' THEN {_LAST}
      WHEN 'ratio_of_sums' THEN CASE WHEN sum(m.denominator) <> 0 THEN {_RATIO} END
      WHEN 'share_of_periods_met' THEN CASE WHEN count(m.id) > 0 THEN {_SHARE} END
    END
"""

# The newest revision of each value is the one without a next.
CURRENT: Final = """
    m.organization_id = $1 AND m.kpi_id = k.id AND m.part = 'main' AND m.period_start BETWEEN k.window_start AND k.window_end
    AND NOT EXISTS (
      SELECT FROM measurements n
      WHERE n.organization_id = $1 AND n.kpi_id = m.kpi_id AND n.part = m.part AND n.period_start = m.period_start
        AND n.revision = m.revision + 1
    )
"""

ADDED_UP: Final = f"""
    WITH below AS (
      SELECT c.id AS link_id, c.parent_id, c.weight, k.id, k.window_start, k.window_end,
        CASE WHEN d.combine_parts = 'count' AND jsonb_array_length(d.parts) > 1 THEN 'qualified_total' ELSE d.combine END AS combine,
        t.unit COLLATE "C" AS unit, t.comparison, t.value AS target, t.value_high AS target_high
      FROM contributions c
      JOIN kpis k ON k.organization_id = $1 AND k.id = c.child_id AND k.status = 'active' AND k.roll_up = 'measured'
      JOIN definition_versions d ON d.organization_id = $1 AND d.id = k.definition_version_id
      LEFT JOIN kpi_targets t ON t.organization_id = $1 AND t.kpi_id = k.id AND t.part = 'main'
      WHERE c.organization_id = $1 AND c.parent_id = ANY ($2::uuid[]) AND c.child_id <> ALL ($3::uuid[])
    ),
    values AS (
      SELECT k.parent_id, k.id, k.weight, k.unit, k.combine, {COMBINED} AS value
      FROM below k LEFT JOIN measurements m ON {CURRENT}
      GROUP BY k.link_id, k.parent_id, k.id, k.weight, k.unit, k.combine
    )
    SELECT v.parent_id, count(v.value) AS counted, count(*) - count(v.value) AS missing,
      coalesce(sum(v.value), 0) AS total, coalesce(sum(v.value * v.weight), 0) AS weighted,
      coalesce(sum(v.weight) FILTER (WHERE v.value IS NOT NULL), 0) AS weights,
      min(v.unit) AS first_unit, max(v.unit) AS last_unit, bool_or(v.unit IS NULL) AS several_parts,
      bool_and(v.combine IN ('total', 'mean', 'last')) AS additive,
      (array_agg(v.id) FILTER (WHERE v.value IS NULL)) AS missing_ids
    FROM values v
    GROUP BY v.parent_id
"""  # noqa: S608  # names of ours


async def values_below(session: ReadSession, parent_ids: Collection[UUID], apart: Collection[UUID]) -> list[Any]:
    """For each of these KPIs what the measured KPIs below it come to, those `apart` left out; no row where none is left.

    Asks for no viewer: who sees a KPI whole may know its value, whatever it follows from.
    """
    driver = await session.driver()
    found: list[Any] = await driver.fetch(ADDED_UP, session.organization_id, list(parent_ids), list(apart))
    return found
