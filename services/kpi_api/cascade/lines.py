"""Reads the line of sight: one statement walks up the contributions and brings each KPI with its unit, targets and steps."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CTE, Row, Select, Text, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.levels import Place, skips_level
from kpi_api.cascade.line_of_sight import Graph, Step, in_telling_order, sentence
from kpi_api.cascade.models import Contribution, Kpi, KpiTarget
from kpi_api.cascade.queries import owning_unit
from kpi_api.cascade.schemas import LineEdge, LineNode, LineOfSight, UnitName
from kpi_api.cascade.shown import target_shown
from kpi_api.cascade.sight import sees_at_all
from kpi_api.people.models import OrganizationProfile

TARGET_COLUMNS = (
    "part", "comparison", "unit", "period", "due_on", "due_quarter", "due_month", "counted_from", "lateness", "evidence_required",
)  # fmt: skip
TARGET_NUMBERS = ("value", "value_high", "baseline", "threshold", "stretch", "scale_minimum", "scale_maximum")


def upward(start: Select[Any]) -> CTE:
    """Ids of the KPIs that `start` selects and of all above them. UNION visits each once."""
    here = start.cte(recursive=True)
    return here.union(select(Contribution.parent_id).join(here, Contribution.child_id == here.c.id))


@lru_cache(maxsize=256)
def _statement(viewer: Viewer) -> Select[Any]:
    """The walk for the parameter `kpi_ids`, made once per viewer and day, since making it costs more than running it.

    Numbers travel as text inside JSON, since a JSON number would become a binary float.
    """
    asked = Kpi.id == any_(bindparam("kpi_ids", type_=ARRAY(Uuid)))
    seen = select(Kpi.id).where(Kpi.organization_id == viewer.organization_id, asked, sees_at_all(viewer)).cte()
    above = upward(select(seen.c.id))
    numbers = [value for name in TARGET_NUMBERS for value in (name, cast(getattr(KpiTarget, name), Text))]
    columns = [value for name in TARGET_COLUMNS for value in (name, getattr(KpiTarget, name))]
    target = func.jsonb_strip_nulls(func.jsonb_build_object(*columns, *numbers))
    targets = select(func.jsonb_agg(aggregate_order_by(target, KpiTarget.position), type_=JSONB)).where(KpiTarget.kpi_id == Kpi.id)
    step = func.jsonb_build_array(Contribution.parent_id, cast(Contribution.weight, Text))
    steps = select(func.jsonb_agg(step, type_=JSONB)).where(Contribution.child_id == Kpi.id)
    unit, is_owning = owning_unit(viewer.today)
    return (
        select(
            Kpi.id,
            Kpi.id.in_(select(seen.c.id)).label("asked"),
            Kpi.name,
            Kpi.why,
            Kpi.level,
            Kpi.status,
            unit.id.label("unit_id"),
            unit.name.label("unit_name"),
            targets.scalar_subquery().label("targets"),
            steps.scalar_subquery().label("steps"),
            select(OrganizationProfile.mission).scalar_subquery().label("mission"),
            select(OrganizationProfile.indicator_label).scalar_subquery().label("indicator_label"),
        )
        .join(above, above.c.id == Kpi.id)
        .outerjoin(unit, is_owning)
    )


async def line_of_sight(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> LineOfSight:
    """Every way from a KPI in sight up to strategic KPIs and the mission (S0; S1 for the mission). Raises NotFound.

    What stands above is shown as to anybody on the line: no person, no measurements.
    """
    found = await lines_seen(viewer, session, [kpi_id])
    if kpi_id not in found:
        raise NotFound()
    return found[kpi_id]


async def lines_seen(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, LineOfSight]:
    """The lines of sight of many KPIs, by one walk; those out of sight are left out."""
    rows = {row.id: row for row in await session.execute(_statement(viewer), {"kpi_ids": list(kpi_ids)})}
    graph = _graph(list(rows.values()))
    seen = {row.id for row in rows.values() if row.asked}
    return {kpi_id: _line(kpi_id, [rows[id_] for id_ in graph.above(kpi_id)], graph) for kpi_id in kpi_ids if kpi_id in seen}


def _line(kpi_id: UUID, rows: Sequence[Row[Any]], graph: Graph) -> LineOfSight:
    paths, complete = graph.paths(kpi_id)
    mission = rows[0].mission or ""
    told = _told(rows)
    return LineOfSight(
        kpi_id=kpi_id,
        mission=mission,
        nodes=[_node(row) for row in sorted(rows, key=lambda row: (row.level != "strategic", row.name, row.id))],
        edges=_edges(rows, graph),
        paths=paths,
        complete=complete,
        orphan=not paths,
        sentence=sentence([[told[id_] for id_ in path] for path in paths], told[kpi_id], mission, rows[0].indicator_label or "KPI"),
    )


def _told(rows: Sequence[Row[Any]]) -> dict[UUID, str]:
    """What the sentence calls each KPI: its name, with its unit where another on the line has the same name."""
    names = Counter(row.name for row in rows)
    return {row.id: f"“{row.name}” ({row.unit_name})" if row.unit_name and names[row.name] > 1 else f"“{row.name}”" for row in rows}


def _graph(rows: Sequence[Row[Any]]) -> Graph:
    names = {row.id: row.name for row in rows}
    steps = {row.id: [Step(UUID(parent), Decimal(weight)) for parent, weight in row.steps or ()] for row in rows}
    return Graph(
        names=names,
        strategic=frozenset(row.id for row in rows if row.level == "strategic"),
        steps={child: in_telling_order(onward, names) for child, onward in steps.items()},
    )


def _node(row: Row[Any]) -> LineNode:
    return LineNode(
        id=row.id,
        name=row.name,
        why=row.why,
        level=row.level,
        status=row.status,
        owning_unit=UnitName(id=row.unit_id, name=row.unit_name) if row.unit_id else None,
        targets=[target_shown(target) for target in row.targets or ()],
    )


def _edges(rows: Sequence[Row[Any]], graph: Graph) -> list[LineEdge]:
    places = {row.id: Place(row.level, row.unit_id) for row in rows}
    return [
        LineEdge(
            child_id=child,
            parent_id=step.parent_id,
            weight=step.weight,
            skips_level=skips_level(places[child], places[step.parent_id]),
        )
        for child in places
        for step in graph.steps.get(child, ())
    ]


# LATERAL and OFFSET 0 make PostgreSQL walk the indexes from KPI to KPI: it takes the walk for endless and would rather read whole tables.
LINKS_ABOVE = """
    WITH RECURSIVE above (id) AS (
      SELECT unnest($2::uuid[])
      UNION
      SELECT c.parent_id FROM above
      CROSS JOIN LATERAL (SELECT parent_id FROM contributions WHERE organization_id = $1 AND child_id = above.id OFFSET 0) c
    )
    SELECT k.* FROM above
    CROSS JOIN LATERAL (
      SELECT k.id, k.name, k.level, c.parent_id, c.weight
      FROM kpis k LEFT JOIN contributions c ON c.organization_id = $1 AND c.child_id = k.id
      WHERE k.organization_id = $1 AND k.id = above.id OFFSET 0
    ) k
"""


async def lines_of_sight(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, list[list[str]]]:
    """For the closing's snapshot: by KPI, its paths as names upward from itself. It answers for any KPI, so no door may call it."""
    names, strategic, steps = dict[UUID, str](), set[UUID](), dict[UUID, list[Step]]()
    driver = await session.driver()
    for id_, name, level, parent_id, weight in await driver.fetch(LINKS_ABOVE, session.organization_id, list(kpi_ids)):
        names[id_] = name
        if level == "strategic":
            strategic.add(id_)
        if parent_id is not None:
            steps.setdefault(id_, []).append(Step(parent_id, weight))
    told = {child: in_telling_order(onward, names) for child, onward in steps.items()}
    graph = Graph(names=names, strategic=frozenset(strategic), steps=told)
    return {kpi_id: [graph.named(path) for path in graph.paths(kpi_id)[0]] for kpi_id in kpi_ids if kpi_id in names}
