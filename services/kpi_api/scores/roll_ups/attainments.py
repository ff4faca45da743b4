"""Attainments of KPIs as scoring computed them, from the stored scores: attainment arithmetic exists nowhere but in scoring.

A KPI on no scored scorecard has none. One that several scorecards carry has the mean of what they attain, rounded half-up at 12 places.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from chassis.database import ReadSession
from kpi_api.measurements.values_below import quotient


class Attainment(NamedTuple):
    """How far a KPI's target is attained, 1 being met: as it is, and capped as the plan says."""

    raw: Decimal | None
    capped: Decimal | None


def _mean(column: str) -> str:
    number = f"(r.line->>'attainment_{column}')::numeric"
    return f"CASE WHEN count({number}) > 0 THEN {quotient(f'sum({number})', f'count({number})::numeric')} END"


_SCORED: Final = f"""
    SELECT l.kpi_id, {_mean("raw")} AS raw, {_mean("capped")} AS capped
    FROM asked
    JOIN scorecard_lines l ON l.organization_id = $1 AND l.kpi_id = asked.id
    JOIN scorecards s ON s.organization_id = $1 AND s.id = l.scorecard_id AND s.status IN ('active', 'closed')
    JOIN scores c ON c.organization_id = $1 AND c.id = s.id
    CROSS JOIN LATERAL jsonb_array_elements(s.agreement->'lines') AS signed (line)
    CROSS JOIN LATERAL jsonb_array_elements(c.result->'lines') AS r (line)
    WHERE signed.line->>'kpi_id' = l.kpi_id::text AND r.line->'line' = signed.line->'line'
    GROUP BY l.kpi_id
"""  # noqa: S608  # names of ours

_OF_KPIS: Final = f"WITH asked AS (SELECT DISTINCT unnest($2::uuid[]) AS id) {_SCORED}"


def _added_up(column: str) -> str:
    return f"""
      count(s.{column}) AS {column}_counted, count(*) - count(s.{column}) AS {column}_missing,
      coalesce(sum(s.{column}), 0) AS {column}_total, coalesce(sum(s.{column} * b.weight), 0) AS {column}_weighted,
      coalesce(sum(b.weight) FILTER (WHERE s.{column} IS NOT NULL), 0) AS {column}_weights,
      (array_agg(b.id) FILTER (WHERE s.{column} IS NULL)) AS {column}_missing_ids
    """


_BELOW: Final = f"""
    WITH below AS MATERIALIZED (
      SELECT c.parent_id, c.weight, k.id
      FROM contributions c
      JOIN kpis k ON k.organization_id = $1 AND k.id = c.child_id AND k.status = 'active' AND k.roll_up = 'measured'
      WHERE c.organization_id = $1 AND c.parent_id = ANY ($2::uuid[]) AND c.child_id <> ALL ($3::uuid[])
    ),
    asked AS (SELECT DISTINCT id FROM below),
    scored AS ({_SCORED})
    SELECT b.parent_id, {_added_up("raw")}, {_added_up("capped")}
    FROM below b LEFT JOIN scored s ON s.kpi_id = b.id
    GROUP BY b.parent_id
"""  # noqa: S608  # names of ours


async def attainments_of(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Attainment]:
    """By KPI, for those on a scored scorecard. Asks for no viewer: callers have checked that the KPIs are seen whole."""
    driver = await session.driver()
    found = await driver.fetch(_OF_KPIS, session.organization_id, list(kpi_ids))
    return {kpi_id: Attainment(raw, capped) for kpi_id, raw, capped in found}


async def attainments_below(session: ReadSession, parent_ids: Collection[UUID], apart: Collection[UUID]) -> list[Any]:
    """For each of these KPIs what the KPIs below it that roll up nothing attain, added up, those `apart` left out. Asks for no viewer."""
    driver = await session.driver()
    found: list[Any] = await driver.fetch(_BELOW, session.organization_id, list(parent_ids), list(apart))
    return found
