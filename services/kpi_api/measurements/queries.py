"""Reading measurements: the actual of each KPI part, and the values behind it. "What we know now", or as of a moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_whole
from kpi_api.cycles.calendars.queries import sprints_of
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Length, Window
from kpi_api.dictionary.counting import combine_in_force, is_measured
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.measurements.actuals import Actual, Recorded, Target, actual_of
from kpi_api.measurements.measurable import measured_per, span_of
from kpi_api.measurements.models import CorrectionReason, Measurement

# One row per part asked for, in that order: the sums of its current values. LATERAL walks the index part by part, whatever the planner
# believes about so young a table; the outer bounds on period_start leave out the partitions of other years.
ADD_UP = """
    SELECT s.*
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::date[], $8::date[])
      WITH ORDINALITY AS w (kpi_id, part, comparison, value, value_high, first_day, last_day, n)
    CROSS JOIN LATERAL (
      SELECT count(*) AS count, sum(m.value) AS total, sum(m.numerator) AS numerators, sum(m.denominator) AS denominators,
        (array_agg(m.value ORDER BY m.period_start DESC))[1] AS last,
        count(*) FILTER (WHERE CASE w.comparison
          WHEN 'at_least' THEN m.value >= w.value WHEN 'above' THEN m.value > w.value
          WHEN 'at_most' THEN m.value <= w.value WHEN 'below' THEN m.value < w.value
          WHEN 'within' THEN m.value BETWEEN w.value AND w.value_high END) AS met,
        max(m.period_end) AS last_period_end
      FROM (
        SELECT DISTINCT ON (m.period_start) m.period_start, m.period_end, m.value, m.numerator, m.denominator
        FROM measurements m
        WHERE m.organization_id = $1 AND m.kpi_id = w.kpi_id AND m.part = w.part
          AND m.period_start BETWEEN $9 AND $10 AND m.period_start BETWEEN w.first_day AND w.last_day
          AND ($11::timestamptz IS NULL OR m.recorded_at <= $11)
        ORDER BY m.period_start, m.revision DESC
      ) m
    ) s
    ORDER BY w.n
"""


class MeasuredPart(NamedTuple):
    """A KPI part with what its values are held against: the KPI's present target, or the one that was signed."""

    kpi_id: UUID
    combine: str
    window: Window
    per: Length
    target: Target


async def sums_of(session: ReadSession, parts: Sequence[MeasuredPart], *, as_of: datetime | None = None) -> list[Recorded]:
    """The current values of each of these parts added up, in their order. Asks for no viewer: callers have checked."""
    if not parts:
        return []
    targets, first_days, last_days = _targets_by_period(parts), [part.window.start for part in parts], [part.window.end for part in parts]
    columns = [
        [part.kpi_id for part in parts],
        [part.target.part for part in parts],
        *([target and getattr(target, name) for target in targets] for name in ("comparison", "value", "value_high")),
        first_days,
        last_days,
    ]
    driver = await session.driver()
    rows = await driver.fetch(ADD_UP, session.organization_id, *columns, min(first_days), max(last_days), as_of)
    return [Recorded(*row) for row in rows]


def _targets_by_period(parts: Sequence[MeasuredPart]) -> list[Target | None]:
    """The targets of parts whose every period is held against its target, null for the others."""
    return [part.target if part.combine == "share_of_periods_met" else None for part in parts]


async def actuals_of(session: ReadSession, parts: Sequence[MeasuredPart], *, as_of: datetime | None = None) -> list[Actual]:
    """The actual of each of these parts, in their order. Asks for no viewer: callers have checked."""
    return [
        actual_of(part.combine, part.target, span_of(part.window, part.per), sums)
        for part, sums in zip(parts, await sums_of(session, parts, as_of=as_of), strict=True)
    ]


async def actuals(session: ReadSession, kpi_ids: Collection[UUID], *, as_of: datetime | None = None) -> dict[UUID, dict[str, Actual]]:
    """By KPI and part, the actual against the present window target. Asks for no viewer: callers have checked."""
    parts = await measured_parts(session, kpi_ids)
    result: dict[UUID, dict[str, Actual]] = {}
    for part, actual in zip(parts, await actuals_of(session, parts, as_of=as_of), strict=True):
        result.setdefault(part.kpi_id, {})[actual.part] = actual
    return result


async def measured_parts(session: ReadSession, kpi_ids: Collection[UUID]) -> list[MeasuredPart]:
    """The parts of these KPIs with their present targets, each KPI's in their order. A KPI that waits for its window has none."""
    statement = (
        select(
            KpiTarget,
            Kpi.window_start,
            Kpi.window_end,
            Cycle.starts_on,
            Kpi.calendar_id,
            combine_in_force(),
            DefinitionVersion.update_frequency,
        )
        .join(Kpi, Kpi.id == KpiTarget.kpi_id)
        .join(Cycle, Cycle.id == Kpi.cycle_id)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .where(among(Kpi.id, kpi_ids), Kpi.status != "waiting", is_measured(KpiTarget.part))
        .order_by(Kpi.id, KpiTarget.position)
    )
    found = (await session.execute(statement)).all()
    sprints = await sprints_of(session, {row.calendar_id for row in found if "sprint" in (row[0].period, row.update_frequency)})
    return [
        MeasuredPart(
            kpi_id=row.kpi_id,
            combine=combine,
            window=Window(first_day, last_day, anchor, sprints.get(calendar_id, ())),
            per=measured_per(row.period, update_frequency),
            target=target_of(row),
        )
        for row, first_day, last_day, anchor, calendar_id, combine, update_frequency in found
    ]


def target_of(row: KpiTarget) -> Target:
    """The exact target in a row."""
    values = {name: getattr(row, name) for name in Target.__slots__}
    return Target(**values | {"phasing": tuple(map(Decimal, row.phasing)) if row.phasing else None})


@dataclass(frozen=True)
class KpiMeasurements:
    """A KPI's values in the order of their periods, each a `Measurement` with its `correction_reason`, and what they add up to."""

    kpi_id: UUID
    actuals: Sequence[Actual]
    values: Sequence[Row[Any]]


async def kpi_measurements(
    viewer: Viewer, session: ReadSession, kpi_id: UUID, *, as_of: datetime | None = None, history: bool = False
) -> KpiMeasurements:
    """The values of a KPI that the viewer sees whole: the current ones, or with `history` every value ever recorded.

    `as_of` reads what was known at that moment. Raises NotFound, also for a KPI that the viewer sees as an ancestor only.
    """
    found = await measurements_of_kpis(viewer, session, [kpi_id], as_of=as_of, history=history)
    if not found:
        raise NotFound()
    return found[kpi_id]


async def measurements_of_kpis(
    viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID], *, as_of: datetime | None = None, history: bool = False
) -> dict[UUID, KpiMeasurements]:
    """`kpi_measurements` of those KPIs that the viewer sees whole: as many statements for one as for many."""
    seen = (await session.scalars(select(Kpi.id).where(among(Kpi.id, kpi_ids), sees_whole(viewer)))).all()
    values: dict[UUID, list[Row[Any]]] = {id_: [] for id_ in seen}
    if not seen:
        return {}
    for row in await session.execute(_values(viewer, seen, as_of=as_of, history=history)):
        values[row.kpi_id].append(row)
    known = await actuals(session, seen, as_of=as_of)
    return {id_: KpiMeasurements(id_, list(known.get(id_, {}).values()), rows) for id_, rows in values.items()}


def _values(viewer: Viewer, kpi_ids: Collection[UUID], *, as_of: datetime | None, history: bool) -> Select[Any]:
    order = (Measurement.kpi_id, Measurement.part, Measurement.period_start, Measurement.revision.desc())
    reason = (CorrectionReason.organization_id == Measurement.organization_id) & (CorrectionReason.id == Measurement.id)
    columns = (*Measurement.__table__.columns, CorrectionReason.text.label("correction_reason"))
    statement = select(*columns).select_from(Measurement).outerjoin(CorrectionReason, reason)
    statement = statement.where(among(Measurement.kpi_id, kpi_ids), Measurement.organization_id == viewer.organization_id).order_by(*order)
    if as_of:
        statement = statement.where(Measurement.recorded_at <= as_of)
    return statement if history else statement.ext(distinct_on(Measurement.kpi_id, Measurement.part, Measurement.period_start))
