"""How a KPI follows from those below it: sum, mean or weighted mean of what they come to (domain "Roll-up"). Pure; exact.

Sums are exact; means are rounded half-up at 12 places, and what stands above continues from the rounded mean. Null is not zero: where
something below has no value there is none above, unless missing ones are accepted; then the rest is counted, and the answer is not
`complete`. Everything is added up as fractions, so that no order changes a result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from graphlib import TopologicalSorter
from typing import Literal, NamedTuple
from uuid import UUID

from chassis.numbers import PLACES, round_half_up

Method = Literal["sum", "mean", "weighted_mean"]
Reason = Literal["nothing_below", "several_parts", "other_unit", "not_additive", "missing", "not_measured", "not_scored"]


class Node(NamedTuple):
    """A KPI that rolls up. `unit` is null for attainments, and for a KPI of several parts, which has no single value."""

    method: Method
    unit: str | None


class Link(NamedTuple):
    """A KPI below and the weight it contributes with."""

    child_id: UUID
    weight: Decimal


class Own(NamedTuple):
    """What a KPI comes to by itself. `additive`: its values may be summed, unlike ratios and shares."""

    value: Decimal | None
    unit: str | None = None
    additive: bool = True


class Rest(NamedTuple):
    """The many KPIs below that nothing else asks for, added up: how many have a value and how many not, the sum of the values, of value by
    weight, and of the weights of those with a value; the units (least and greatest name), and whether any cannot be summed."""

    counted: int
    missing: int
    total: Decimal
    weighted: Decimal
    weights: Decimal
    units: tuple[str | None, str | None]
    additive: bool
    missing_ids: Sequence[UUID] = ()


@dataclass(frozen=True)
class Tree:
    """The KPIs that roll up, with their KPIs below: those known one by one (`links`, whose values are in `own` or roll up themselves) and
    the rest of each, added up."""

    nodes: Mapping[UUID, Node]
    links: Mapping[UUID, Sequence[Link]]
    rest: Mapping[UUID, Rest]
    own: Mapping[UUID, Own]

    def order(self) -> Iterable[UUID]:
        """The nodes, each after those below it."""
        below = {id_: [link.child_id for link in self.links.get(id_, ()) if link.child_id in self.nodes] for id_ in self.nodes}
        return TopologicalSorter(below).static_order()


class Rolled(NamedTuple):
    """What a KPI comes to. `missing`: KPIs directly below without a value; `complete`: nothing is missing at any depth;
    `counted_twice`: something below is in the sum more than once."""

    value: Decimal | None
    reason: Reason | None = None
    complete: bool = True
    missing: tuple[UUID, ...] = ()
    counted_twice: bool = False


@dataclass
class _Gathered:
    """What is counted into one KPI, as it is gathered."""

    total: Fraction = Fraction()
    weighted: Fraction = Fraction()
    weights: Fraction = Fraction()
    counted: int = 0
    places: int = 0
    complete: bool = True
    additive: bool = True
    units: set[str | None] = field(default_factory=set)
    missing: list[UUID] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return self.counted > 0 or not self.complete

    def add(self, value: Decimal, weight: Decimal) -> None:
        self.total += Fraction(value)
        self.weighted += Fraction(value) * Fraction(weight)
        self.weights += Fraction(weight)
        self.counted += 1
        self.places = max(self.places, _places(value))

    def add_rest(self, rest: Rest) -> None:
        self.total += Fraction(rest.total)
        self.weighted += Fraction(rest.weighted)
        self.weights += Fraction(rest.weights)
        self.counted += rest.counted
        self.places = max(self.places, _places(rest.total))
        self.complete &= not rest.missing
        self.additive &= rest.additive
        self.units |= set(rest.units) if rest.counted + rest.missing else set()
        self.missing += rest.missing_ids


def roll_up(tree: Tree, *, accept_missing: bool = False, once: bool = False) -> dict[UUID, Rolled]:
    """What every node comes to. `once` counts what reaches a sum by several ways only once; else it is counted as often as it is linked."""
    found: dict[UUID, Rolled] = {}
    for id_ in tree.order():
        found[id_] = _roll_up(tree, id_, found, accept_missing=accept_missing, once=once)
    return found


def _roll_up(tree: Tree, id_: UUID, found: Mapping[UUID, Rolled], *, accept_missing: bool, once: bool) -> Rolled:
    node = tree.nodes[id_]
    parts, twice = _parts_of_sum(tree, id_) if node.method == "sum" else ([id_], False)
    gathered = _gather(tree, parts if once and twice else [id_], found, within=set(parts) if once and twice else set())
    reason = _problem(node, gathered) or ("missing" if not gathered.counted or not (gathered.complete or accept_missing) else None)
    value = None if reason else _value(node.method, gathered)
    return Rolled(value, reason, gathered.complete, tuple(gathered.missing), twice)


def _parts_of_sum(tree: Tree, top: UUID) -> tuple[list[UUID], bool]:
    """The sums that make up a sum, itself first, and whether something reaches it by more than one way."""
    seen, parts, twice = {top}, [top], False
    for part in parts:
        for link in tree.links.get(part, ()):
            if link.child_id in seen:
                twice = True
                continue
            seen.add(link.child_id)
            if (node := tree.nodes.get(link.child_id)) and node.method == "sum":
                parts.append(link.child_id)
    return parts, twice


def _gather(tree: Tree, parts: Sequence[UUID], found: Mapping[UUID, Rolled], *, within: set[UUID]) -> _Gathered:
    """What lies directly below these parts, each KPI once; the sums `within` are not counted, their own parts are."""
    gathered = _Gathered()
    seen: set[UUID] = set()
    for part in parts:
        if part in tree.rest:
            gathered.add_rest(tree.rest[part])
        for child, weight in tree.links.get(part, ()):
            if child not in seen and child not in within:
                seen.add(child)
                _gather_child(tree, child, weight, found, gathered)
    return gathered


def _gather_child(tree: Tree, child: UUID, weight: Decimal, found: Mapping[UUID, Rolled], gathered: _Gathered) -> None:
    if node := tree.nodes.get(child):
        value, complete, unit, additive = found[child].value, found[child].complete, node.unit, True
    else:
        value, unit, additive = tree.own.get(child, Own(None))
        complete = value is not None
    gathered.units.add(unit)
    gathered.additive &= additive
    gathered.complete &= complete and value is not None
    if value is None:
        gathered.missing.append(child)
    else:
        gathered.add(value, weight)


def _problem(node: Node, gathered: _Gathered) -> Reason | None:
    if not gathered.anything:
        return "nothing_below"
    if gathered.units - {None} and None in gathered.units | {node.unit}:
        return "several_parts"
    if gathered.units - {node.unit}:
        return "other_unit"
    return "not_additive" if node.method == "sum" and not gathered.additive else None


def _value(method: Method, gathered: _Gathered) -> Decimal:
    match method:
        case "sum":
            return round_half_up(gathered.total, gathered.places)
        case "mean":
            return round_half_up(gathered.total / gathered.counted, PLACES)
        case "weighted_mean":
            return round_half_up(gathered.weighted / gathered.weights, PLACES)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
