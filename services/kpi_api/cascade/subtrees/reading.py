"""Reads of what stands below a KPI or a unit. Outside sight there is nothing, and nothing is counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, Literal, NamedTuple, cast
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.levels import Level
from kpi_api.cascade.schemas import KpiStatus, PersonName, UnitName
from kpi_api.cascade.shown import target_shown
from kpi_api.cascade.subtrees import statements
from kpi_api.cascade.subtrees.counting import Counted, by_level, carried_by, group_label, held_by
from kpi_api.cascade.subtrees.folding import Folding, Held, Tree, fold
from kpi_api.cascade.subtrees.schemas import CascadeEdge, CascadeNode, FoldedGroup, LevelCount, LineOfSightDown, UnitCascade
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets import target_sentence

MAX_NODES = 300
"""How many nodes can be read at a glance, and are shown unless fewer are asked for."""


NODES: Final = TypeAdapter(list[CascadeNode])
EDGES: Final = TypeAdapter(list[CascadeEdge])

Worded: Final = type("Worded", (SimpleNamespace,), {name: field.default for name, field in Target.model_fields.items()})
"""A target that is like `Target` where its row says nothing."""


@dataclass(frozen=True)
class Wanted:
    """How much to show: units to fold, how many levels of units stay open, and how many nodes at most."""

    fold: frozenset[UUID] = frozenset()
    depth: int | None = None
    limit: int = MAX_NODES

    @property
    def is_everything(self) -> bool:
        return not self.fold and self.depth is None


class NodeRow(NamedTuple):
    """A row of `statements.nodes`."""

    id: UUID
    name: str
    level: Level
    status: KpiStatus
    unit_id: UUID | None
    unit_name: str
    owner_id: UUID | None
    owner_name: str
    targets: str | None
    steps: str | None


@dataclass
class Found:
    """What a subtree is made of. `complete` is false where nodes had to be left out."""

    counts: list[Counted]
    rows: list[NodeRow]
    folded: list[FoldedGroup]
    edges: list[CascadeEdge]
    complete: bool


@dataclass(frozen=True)
class Scope:
    """Below what to look: a KPI or a unit, with the parameters of its statements and, once known, its units."""

    below: statements.Below
    keys: Mapping[str, Any]
    units: Mapping[UUID, Any] | None = None
    top: UUID | None = None
    """The KPI at the top, which is shown and not counted."""
    top_unit: UUID | None = None


async def line_of_sight_down(viewer: Viewer, session: ReadSession, kpi_id: UUID, wanted: Wanted) -> LineOfSightDown:
    """Everything in sight that contributes to a KPI in sight (S0, the cascade downward). Raises NotFound."""
    found = await _found(viewer, session, Scope("kpi", {"kpi_id": kpi_id}, top=kpi_id), wanted)
    if not found.rows:
        raise NotFound()
    levels = by_level(found.counts)
    directly = sum(edge.contributions for edge in found.edges if edge.parent_id == kpi_id)
    return LineOfSightDown(kpi_id=kpi_id, sentence=carried_by(found.rows[0].name, levels, directly), **_shown(found, levels))


async def unit_cascade(viewer: Viewer, session: ReadSession, unit_id: UUID, cycle: str | None, wanted: Wanted) -> UnitCascade:
    """The KPIs in sight of a unit, of the units below it and of their people, in a cycle (by id or code; else the current one).

    Raises NotFound.
    """
    keys = {"unit_id": unit_id, "cycle": cycle}
    units = {row.id: row for row in await session.execute(statements.units_below(viewer, named=cycle is not None), keys)}
    if unit_id not in units or (cycle and units[unit_id].cycle_id is None):
        raise NotFound()
    cycle_id = units[unit_id].cycle_id
    scope = Scope("unit", {"unit_ids": list(units), "cycle_id": cycle_id}, units, top_unit=unit_id)
    found = await _found(viewer, session, scope, wanted)
    levels, name = by_level(found.counts), units[unit_id].name
    unit = UnitName(id=unit_id, name=name)
    return UnitCascade(unit=unit, cycle_id=cycle_id, sentence=held_by(name, levels), **_shown(found, levels))


async def _found(viewer: Viewer, session: ReadSession, scope: Scope, wanted: Wanted) -> Found:
    """What fits is read by one statement; what does not is counted first, and folded."""
    beside_top = wanted.limit + (1 if scope.top else 0)
    if wanted.is_everything:
        rows = await _rows(viewer, session, scope, beside_top + 1)
        if len(rows) <= beside_top:
            return Found(_counted(rows, scope.top), rows, [], _edges(rows), complete=True)
    return await _folded(viewer, session, scope, wanted, beside_top)


async def _folded(viewer: Viewer, session: ReadSession, scope: Scope, wanted: Wanted, most: int) -> Found:
    counts = [Counted(*row) for row in await session.execute(statements.counts(viewer, scope.below), scope.keys)]
    units: Mapping[UUID, Any] = scope.units or {row.id: row for row in await session.execute(statements.all_units(viewer))}
    held = _held(counts)
    top_unit = scope.top_unit or await session.scalar(statements.unit_of_kpi(viewer), scope.keys)
    tree = Tree({id_: unit.parent_id for id_, unit in units.items()}, top_unit)
    folding = fold(tree, held, asked=wanted.fold, depth=wanted.depth, limit=wanted.limit)
    open_units = [unit for unit in held if unit not in folding.into]
    of_people = [unit for unit in open_units if unit not in folding.people]
    rows = await _rows(viewer, session, scope, most + 1, open_unit_ids=open_units, open_people_ids=of_people)
    shown, complete = rows[:most], len(rows) <= most
    groups = _groups(counts, folding, {id_: unit.name for id_, unit in units.items()})
    keys = {**scope.keys, "shown_ids": [row.id for row in shown]}
    links = await session.execute(statements.links_of_folded(viewer, scope.below), keys) if groups else ()
    return Found(counts, shown, groups, [*_edges(shown), *_group_edges(links, folding)], complete)


async def _rows(viewer: Viewer, session: ReadSession, scope: Scope, limit: int, **open_ids: Sequence[UUID]) -> list[NodeRow]:
    statement = statements.nodes(viewer, scope.below, folded=bool(open_ids))
    return [NodeRow(*row) for row in await session.execute(statement, {**scope.keys, **open_ids, "limit": limit})]


def _counted(rows: Sequence[NodeRow], top: UUID | None) -> list[Counted]:
    """As `statements.counts` would."""
    owners: dict[tuple[Level, UUID | None, str | None], list[UUID | None]] = {}
    for row in rows:
        if row.id != top:
            owners.setdefault((row.level, row.unit_id, row.unit_name), []).append(row.owner_id)
    return [Counted(*place, len(found), len(set(found) - {None})) for place, found in owners.items()]


def _held(counts: Sequence[Counted]) -> dict[UUID, Held]:
    """What each unit and its people have; KPIs of no known unit are never folded."""
    held: dict[UUID, Held] = {}
    for count in counts:
        if count.unit_id:
            own, of_people = held.get(count.unit_id, Held(0, 0))
            is_individual = count.level == "individual"
            held[count.unit_id] = Held(own + (0 if is_individual else count.kpis), of_people + (count.kpis if is_individual else 0))
    return held


def _groups(counts: Sequence[Counted], folding: Folding, names: Mapping[UUID, str]) -> list[FoldedGroup]:
    sums: dict[UUID, tuple[int, int]] = {}
    for count in counts:
        group = folding.group_of(count.unit_id, of_person=count.level == "individual") if count.unit_id else None
        if group:
            kpis, people = sums.get(group, (0, 0))
            sums[group] = (kpis + count.kpis, people + count.people)
    groups = [_group(unit, names[unit], "unit" if unit in folding.units else "people", *sums[unit]) for unit in sums]
    return sorted(groups, key=lambda group: (group.unit.name, group.id))


def _group(unit: UUID, name: str, of: Literal["unit", "people"], kpis: int, people: int) -> FoldedGroup:
    label = group_label(name, kpis, people)
    return FoldedGroup(id=unit, unit=UnitName(id=unit, name=name), of=of, kpis=kpis, people=people, label=label)


def _edges(rows: Sequence[NodeRow]) -> list[CascadeEdge]:
    """Contributions among what is shown, the heaviest of a KPI first."""
    shown = {str(row.id) for row in rows}
    edges = []
    for row in rows:
        steps = orjson.loads(row.steps or "[]")
        for parent, weight in sorted(steps, key=lambda step: (-Decimal(step[1]), step[0])) if len(steps) > 1 else steps:
            if parent in shown:
                edges.append({"child_id": row.id, "parent_id": parent, "weight": weight, "contributions": 1})
    return EDGES.validate_python(edges)


def _group_edges(links: Iterable[Any], folding: Folding) -> list[CascadeEdge]:
    numbers: Counter[tuple[UUID, UUID]] = Counter()
    for link in links:
        group = folding.group_of(link.unit_id, of_person=link.of_person) if link.unit_id else None
        if group:
            numbers[group, link.parent_id] += link.links
    ordered = sorted(numbers.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [CascadeEdge(child_id=group, parent_id=parent, weight=None, contributions=number) for (group, parent), number in ordered]


def _shown(found: Found, levels: list[LevelCount]) -> dict[str, Any]:
    return {"levels": levels, "nodes": _nodes(found.rows), "edges": found.edges, "folded": found.folded, "complete": found.complete}


def _nodes(rows: Sequence[NodeRow]) -> list[CascadeNode]:
    """All at once, with one name for all KPIs of a unit or person: each by itself would take twice as long."""
    units = {id_: UnitName(id=id_, name=name) for id_, name in {(row.unit_id, row.unit_name) for row in rows if row.unit_id}}
    owners = {id_: PersonName(id=id_, name=name) for id_, name in {(row.owner_id, row.owner_name) for row in rows if row.owner_id}}
    return NODES.validate_python([_node(row, units, owners) for row in rows])


def _node(row: NodeRow, units: Mapping[UUID, UnitName], owners: Mapping[UUID, PersonName]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "level": row.level,
        "status": row.status,
        "owning_unit": row.unit_id and units[row.unit_id],
        "owner": row.owner_id and owners[row.owner_id],
        "targets": _sentences(row.targets or "[]"),
    }


def _sentences(targets: str) -> list[str]:
    """The targets of a KPI in words, from what `statements.nodes` gives of them."""
    return [_sentence(*target) for target in orjson.loads(targets)]


def _sentence(comparison: str, unit: str, period: str, value: str, value_high: str | None, few: Mapping[str, Any] | None) -> str:
    """A target in words. It was checked when it was given, which takes longer than all the rest."""
    given = {"comparison": comparison, "unit": unit, "period": period, "value": Decimal(value), **(_rare(few) if few else {})}
    if value_high is not None:
        given["value_high"] = Decimal(value_high)
    return target_shown(given).sentence if "lateness" in given else target_sentence(cast("Target", Worded(**given)))


def _rare(few: Mapping[str, Any]) -> dict[str, Any]:
    """What few targets say, as it is in Python."""
    read: Mapping[str, Callable[[str], Any]] = {"scale_maximum": Decimal, "due_on": date.fromisoformat}
    return {name: read[name](value) if name in read else value for name, value in few.items() if value is not None}
