"""Reading measurements: the actual of each KPI part, and the values behind it. "What we know now", or as of a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.access.viewer import Viewer
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.sight import sees_whole
from kpi_api.cycles.periods import Window
from kpi_api.measurements.actuals import Actual, Recorded, Target, actual_of
from kpi_api.measurements.measurable import measured_per, periods_of
from kpi_api.measurements.models import Measurement

# One row per KPI part: its target and the sums of its current values. The bounds on period_start leave out the partitions of other years.
ADD_UP = text(
    """
    WITH measured AS (
      SELECT DISTINCT ON (m.kpi_id, m.part, m.period_start)
        m.kpi_id, m.part, m.period_start, m.period_end, m.value, m.numerator, m.denominator
      FROM measurements m
      WHERE m.organization_id = :organization_id AND m.kpi_id = ANY(:kpi_ids)
        AND m.period_start BETWEEN :first_day AND :last_day AND (CAST(:as_of AS timestamptz) IS NULL OR m.recorded_at <= :as_of)
      ORDER BY m.kpi_id, m.part, m.period_start, m.revision DESC
    )
    SELECT t.kpi_id, t.part, t.comparison, t.value, t.value_high, t.baseline, t.threshold, t.stretch, t.unit, t.period, t.phasing,
      t.scale_minimum, t.scale_maximum, d.combine, d.update_frequency, k.window_start, k.window_end, c.starts_on,
      count(m.period_start) AS count, sum(m.value) AS total, sum(m.numerator) AS numerators, sum(m.denominator) AS denominators,
      (array_agg(m.value ORDER BY m.period_start DESC) FILTER (WHERE m.period_start IS NOT NULL))[1] AS last,
      max(m.period_end) AS last_period_end,
      count(*) FILTER (WHERE CASE t.comparison
        WHEN 'at_least' THEN m.value >= t.value WHEN 'above' THEN m.value > t.value
        WHEN 'at_most' THEN m.value <= t.value WHEN 'below' THEN m.value < t.value
        WHEN 'within' THEN m.value BETWEEN t.value AND t.value_high END) AS met
    FROM kpi_targets t
    JOIN kpis k ON k.organization_id = t.organization_id AND k.id = t.kpi_id
    JOIN definition_versions d ON d.organization_id = k.organization_id AND d.id = k.definition_version_id
    JOIN cycles c ON c.organization_id = k.organization_id AND c.id = k.cycle_id
    LEFT JOIN measured m ON m.kpi_id = t.kpi_id AND m.part = t.part
    WHERE t.organization_id = :organization_id AND t.kpi_id = ANY(:kpi_ids)
    GROUP BY t.organization_id, t.id, d.organization_id, d.id, k.organization_id, k.id, c.organization_id, c.id
    ORDER BY t.kpi_id, t.position
    """
).columns(phasing=JSONB)
BOUNDS = text("SELECT min(window_start), max(window_end) FROM kpis WHERE organization_id = :organization_id AND id = ANY(:kpi_ids)")


async def actuals(session: ReadSession, kpi_ids: Iterable[UUID], *, as_of: datetime | None = None) -> dict[UUID, dict[str, Actual]]:
    """The actual of each part of these KPIs against its window target, parts in their order. Asks for no viewer: callers have checked."""
    keys: dict[str, Any] = {"organization_id": session.organization_id, "kpi_ids": list(kpi_ids), "as_of": as_of}
    first_day, last_day = (await session.execute(BOUNDS, keys)).one()
    found = await session.execute(ADD_UP, keys | {"first_day": first_day, "last_day": last_day})
    result: dict[UUID, dict[str, Actual]] = {}
    for row in found.mappings():
        result.setdefault(row["kpi_id"], {})[row["part"]] = _actual(row)
    return result


def _actual(row: Mapping[Any, Any]) -> Actual:
    window = Window(row["window_start"], row["window_end"], row["starts_on"])
    phasing = row["phasing"] and [Decimal(value) for value in row["phasing"]]
    target = Target(**{name: row[name] for name in Target.__slots__} | {"phasing": phasing})
    recorded = Recorded(**{name: row[name] for name in Recorded.__slots__})
    return actual_of(row["combine"], target, periods_of(window, measured_per(target.period, row["update_frequency"])), recorded)


@dataclass(frozen=True)
class KpiMeasurements:
    """A KPI's values in the order of their periods, and what they add up to."""

    kpi_id: UUID
    actuals: Sequence[Actual]
    values: Sequence[Measurement]


async def kpi_measurements(
    viewer: Viewer, session: ReadSession, kpi_id: UUID, *, as_of: datetime | None = None, history: bool = False
) -> KpiMeasurements:
    """The values of a KPI that the viewer sees whole: the current ones, or with `history` every value ever recorded.

    `as_of` reads what was known at that moment. Raises NotFound, also for a KPI that the viewer sees as an ancestor only.
    """
    if await session.scalar(select(Kpi.id).where(Kpi.id == kpi_id, sees_whole(viewer))) is None:
        raise NotFound()
    order = (Measurement.part, Measurement.period_start, Measurement.revision.desc())
    statement = select(Measurement).where(Measurement.kpi_id == kpi_id).order_by(*order)
    if as_of:
        statement = statement.where(Measurement.recorded_at <= as_of)
    if not history:
        statement = statement.ext(distinct_on(Measurement.part, Measurement.period_start))
    values = (await session.scalars(statement)).all()
    return KpiMeasurements(kpi_id, list((await actuals(session, [kpi_id], as_of=as_of))[kpi_id].values()), values)
