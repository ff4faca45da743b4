"""The KPIs that roll up with what lies below them, read set-based: a handful of statements, whatever the size of the cascade.

Those that roll up are few and are all read; of the many that are measured PostgreSQL adds up what each KPI above needs. Only shared ones,
which more than one sum counts, and those `apart` are read one by one. No function here asks for a viewer: who sees a KPI whole may know its
value, whatever it follows from; names of what lies below are for `queries` to check.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from uuid import UUID

from chassis.database import ReadSession
from kpi_api.measurements.queries import actuals_of, measured_parts
from kpi_api.measurements.rolling_up import ADDITIVE, MAIN
from kpi_api.measurements.values_below import values_below
from kpi_api.scores.roll_ups.arithmetic import Link, Method, Node, Own, Reason, Rest, Rolled, Tree, roll_up
from kpi_api.scores.roll_ups.attainments import Attainment, attainments_below, attainments_of

_ROLLED: Final = """
    SELECT k.id, k.roll_up, k.roll_up_of, t.unit
    FROM kpis k LEFT JOIN kpi_targets t ON t.organization_id = $1 AND t.kpi_id = k.id AND t.part = 'main'
    WHERE k.organization_id = $1 AND k.roll_up <> 'measured' AND k.status = 'active'
"""
# OFFSET 0 walks the index from each child: as a plain join PostgreSQL would rather read the whole table.
_LINKS: Final = """
    SELECT c.parent_id, c.child_id, c.weight
    FROM unnest($2::uuid[]) AS child (id)
    CROSS JOIN LATERAL (SELECT * FROM contributions WHERE organization_id = $1 AND child_id = child.id OFFSET 0) c
    WHERE c.parent_id = ANY ($3::uuid[])
"""
_SHARED: Final = """
    WITH shared AS MATERIALIZED (
      SELECT child_id FROM contributions
      WHERE organization_id = $1 AND parent_id = ANY ($2::uuid[])
      GROUP BY child_id HAVING count(*) > 1
    )
    SELECT s.child_id FROM shared s
    JOIN kpis k ON k.organization_id = $1 AND k.id = s.child_id AND k.status = 'active' AND k.roll_up = 'measured'
"""


class RolledKpi(NamedTuple):
    """A KPI that rolls up: how, what of those below, and the unit of its single part."""

    method: Method
    of: str
    unit: str | None


@dataclass(frozen=True)
class Cascade:
    """Values and attainments of the KPIs asked for and of all they follow from; `leaves` are those known one by one."""

    rolled: Mapping[UUID, RolledKpi]
    links: Mapping[UUID, list[Link]]
    leaves: frozenset[UUID]
    values: Tree
    raw: Tree
    capped: Tree

    def unit_of(self, kpi_id: UUID) -> str | None:
        """The unit of a KPI that rolls up or is known by itself; null where it has several parts."""
        return self.rolled[kpi_id].unit if kpi_id in self.rolled else self.values.own[kpi_id].unit


@dataclass(frozen=True)
class Outcome:
    """By KPI that rolls up, or is known by itself: what it comes to."""

    values: Mapping[UUID, Rolled]
    raw: Mapping[UUID, Rolled]
    capped: Mapping[UUID, Rolled]


def outcome(cascade: Cascade, *, accept_missing: bool, once: bool) -> Outcome:
    """Everything rolled up, and what is known one by one beside it."""
    trees: tuple[tuple[Tree, Reason], ...] = (
        (cascade.values, "not_measured"), (cascade.raw, "not_scored"), (cascade.capped, "not_scored"),
    )  # fmt: skip
    return Outcome(*(_known(tree, why) | roll_up(tree, accept_missing=accept_missing, once=once) for tree, why in trees))


def _known(tree: Tree, why: Reason) -> dict[UUID, Rolled]:
    return {id_: Rolled(own.value, why if own.value is None else None, own.value is not None) for id_, own in tree.own.items()}


async def rolled_kpis(session: ReadSession) -> dict[UUID, RolledKpi]:
    """Every active KPI that rolls up."""
    driver = await session.driver()
    rows = await driver.fetch(_ROLLED, session.organization_id)
    return {id_: RolledKpi(method, of, unit) for id_, method, of, unit in rows}


async def links_between(session: ReadSession, children: Collection[UUID], parents: Collection[UUID]) -> dict[UUID, list[Link]]:
    """By parent the contributions of these children into these parents."""
    driver = await session.driver()
    links: dict[UUID, list[Link]] = {}
    for parent_id, child_id, weight in await driver.fetch(_LINKS, session.organization_id, list(children), list(parents)):
        links.setdefault(parent_id, []).append(Link(child_id, weight))
    return links


async def shared_leaves(session: ReadSession, sums: Collection[UUID]) -> list[UUID]:
    """The measured KPIs that more than one of these sums counts."""
    driver = await session.driver()
    return [row[0] for row in await driver.fetch(_SHARED, session.organization_id, list(sums))]


async def load_cascade(session: ReadSession, asked: Iterable[UUID], apart: Collection[UUID] = ()) -> Cascade:
    """The asked ones among the KPIs that roll up, and all they follow from; `apart` are KPIs to know one by one."""
    everything = await rolled_kpis(session)
    all_links = await links_between(session, everything, everything)
    needed = _below(asked, everything, all_links)
    rolled = {id_: everything[id_] for id_ in needed}
    sums = [id_ for id_, kpi in rolled.items() if kpi.method == "sum"]
    leaves = frozenset([*await shared_leaves(session, sums), *(id_ for id_ in apart if id_ not in everything)])
    links = {id_: list(all_links.get(id_, ())) for id_ in needed}
    for parent_id, more in (await links_between(session, leaves, needed)).items():
        links[parent_id] += more
    return await _with_numbers(session, rolled, links, leaves)


def _below(asked: Iterable[UUID], rolled: Collection[UUID], links: Mapping[UUID, list[Link]]) -> list[UUID]:
    """The asked ones that roll up, and those below them that do."""
    found = dict.fromkeys(id_ for id_ in asked if id_ in rolled)
    waiting = list(found)
    while waiting:
        for link in links.get(waiting.pop(), ()):
            if link.child_id not in found:
                found[link.child_id] = None
                waiting.append(link.child_id)
    return list(found)


async def _with_numbers(
    session: ReadSession, rolled: Mapping[UUID, RolledKpi], links: Mapping[UUID, list[Link]], leaves: frozenset[UUID]
) -> Cascade:
    of_values = {id_: kpi for id_, kpi in rolled.items() if kpi.of == "values"}
    of_attainments = {id_: kpi for id_, kpi in rolled.items() if kpi.of == "attainments"}
    values = Tree(
        nodes={id_: Node(kpi.method, kpi.unit) for id_, kpi in of_values.items()},
        links=links,
        rest={row["parent_id"]: _rest(row) for row in await values_below(session, of_values, leaves)} if of_values else {},
        own={id_: Own(None, kpi.unit) for id_, kpi in of_attainments.items()} | await values_of(session, leaves),
    )
    asked = of_attainments and [*of_values, *leaves]
    attained = await attainments_of(session, asked) if asked else {}
    below = await attainments_below(session, of_attainments, leaves) if of_attainments else []
    raw, capped = (
        Tree(
            nodes={id_: Node(kpi.method, None) for id_, kpi in of_attainments.items()},
            links=links,
            rest={row["parent_id"]: _rest(row, f"{column}_") for row in below},
            own={id_: Own(getattr(attained.get(id_, Attainment(None, None)), column)) for id_ in (*of_values, *leaves)},
        )
        for column in ("raw", "capped")
    )
    return Cascade(rolled, links, leaves, values, raw, capped)


async def values_of(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Own]:
    """The single value of each of these measured KPIs; one of several parts has none, and no unit."""
    parts = [part for part in await measured_parts(session, kpi_ids) if part.target.part == MAIN]
    measured = zip(parts, await actuals_of(session, parts), strict=True)
    found = {part.kpi_id: Own(actual.actual, actual.unit, part.combine in ADDITIVE) for part, actual in measured}
    return {kpi_id: found.get(kpi_id, Own(None)) for kpi_id in kpi_ids}


def _rest(row: Any, prefix: str = "") -> Rest:
    return Rest(
        **{name: row[f"{prefix}{name}"] for name in ("counted", "missing", "total", "weighted", "weights")},
        units=(None, None) if prefix else (row["first_unit"], None if row["several_parts"] else row["last_unit"]),
        additive=bool(prefix) or row["additive"],
        missing_ids=row[f"{prefix}missing_ids"] or (),
    )


def without(tree: Tree, changed: Mapping[UUID, Own]) -> Tree:
    """The tree in which these KPIs come to what is given, whatever lies below them."""
    return replace(tree, nodes={id_: node for id_, node in tree.nodes.items() if id_ not in changed}, own={**tree.own, **changed})
