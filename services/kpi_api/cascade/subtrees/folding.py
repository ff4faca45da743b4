"""Which units are folded into one node, so that what is shown stays within a number of nodes. Pure.

People are folded before units, the largest crowd first: a team's own KPIs say more than one of its many people's. If that is not enough,
whole units are folded, the deepest first.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Held(NamedTuple):
    """How many KPIs in sight a unit itself has, and how many its people have."""

    own: int
    of_people: int


@dataclass(frozen=True)
class Tree:
    """Units by their parents. `top` is where depth begins; units outside it begin at their own topmost one."""

    parents: Mapping[UUID, UUID | None]
    top: UUID | None

    def upward(self, unit: UUID) -> Iterator[UUID]:
        """The unit and those above it, as far as the top."""
        here: UUID | None = unit
        seen: set[UUID] = set()
        while here is not None and here in self.parents and here not in seen:
            yield here
            seen.add(here)
            here = None if here == self.top else self.parents[here]

    def depth(self, unit: UUID) -> int:
        """Steps below the top."""
        return sum(1 for _ in self.upward(unit)) - 1


@dataclass(frozen=True)
class Folding:
    """`units` are folded with all below them, `people` only as far as their people's KPIs go."""

    units: frozenset[UUID] = frozenset()
    people: frozenset[UUID] = frozenset()
    into: Mapping[UUID, UUID] = field(default_factory=dict)
    """By unit inside a folded one, the one it is folded into: the topmost."""

    def group_of(self, unit: UUID, *, of_person: bool) -> UUID | None:
        """Into which folded node a KPI goes; None where it is shown itself."""
        return self.into.get(unit) or (unit if of_person and unit in self.people else None)


def fold(tree: Tree, held: Mapping[UUID, Held], *, asked: Collection[UUID] = (), depth: int | None = None, limit: int) -> Folding:
    """The folding that keeps to what was asked (`asked` units, and all deeper than `depth`) and to `limit` nodes, as far as units can."""
    depths = {unit: tree.depth(unit) for unit in held}
    deepest = max(depths.values(), default=0)
    wanted = deepest if depth is None else depth
    while True:
        units = _folded(tree, held, asked, wanted)
        people = _crowds(held, units, limit)
        if _size(held, units, people) <= limit or wanted <= 0:
            return Folding(frozenset(units.values()), frozenset(people), units)
        wanted = min(wanted, deepest) - 1


def _folded(tree: Tree, held: Mapping[UUID, Held], asked: Collection[UUID], depth: int) -> dict[UUID, UUID]:
    """By unit that is inside a folded one (or is it) the topmost that is folded."""
    found = {}
    for unit in held:
        way = list(tree.upward(unit))
        for steps_below, above in enumerate(reversed(way)):
            if above in asked or steps_below == depth + 1:
                found[unit] = above
                break
    return found


def _crowds(held: Mapping[UUID, Held], folded: Mapping[UUID, UUID], limit: int) -> set[UUID]:
    """Units whose people are folded, the largest crowds first, until the rest fits. Two KPIs are not worth a fold."""
    open_units = sorted((unit for unit in held if unit not in folded), key=lambda unit: (-held[unit].of_people, unit))
    people: set[UUID] = set()
    size = _size(held, folded, people)
    for unit in open_units:
        if size <= limit or held[unit].of_people < 2:
            break
        people.add(unit)
        size -= held[unit].of_people - 1
    return people


def _size(held: Mapping[UUID, Held], folded: Mapping[UUID, UUID], people: Collection[UUID]) -> int:
    """How many nodes there are to see."""
    shown = sum(own + (1 if unit in people else of_people) for unit, (own, of_people) in held.items() if unit not in folded)
    return shown + len(set(folded.values()))
