"""Shared results that reach one sum by two ways or more: found by walking up from each KPI with several parents. Pure.

A finding names the sum at which two ways meet, not every sum above it: there the doubled amount is already in. Only sums double; a mean
between ends it. Rule: domain "Roll-up".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final, Literal, NamedTuple
from uuid import UUID

MAX_PATHS: Final = 20
"""Ways told of one finding; a cascade of diamonds has exponentially many."""

Kind = Literal["two_ways", "child_and_grandchild", "collaborative"]


class Doubled(NamedTuple):
    """A KPI that a sum counts more than once. `paths` hold ids from the KPI upward to the sum; `times` counts them all."""

    kpi_id: UUID
    sum_id: UUID
    kind: Kind
    times: int
    paths: Sequence[Sequence[UUID]]


def doubled(parents: Mapping[UUID, Sequence[UUID]], collaborative: Collection[UUID]) -> list[Doubled]:
    """Every meeting of two ways. `parents` holds by KPI the sums that count it."""
    return [found for kpi_id in sorted(parents) if len(parents[kpi_id]) > 1 for found in _of_kpi(kpi_id, parents, collaborative)]


def _of_kpi(kpi_id: UUID, parents: Mapping[UUID, Sequence[UUID]], collaborative: Collection[UUID]) -> Iterator[Doubled]:
    first_steps = _first_steps(kpi_id, parents)
    into = _into(kpi_id, first_steps, parents)
    times = _times(kpi_id, into)
    for sum_id in sorted(into):
        if _ways_meet(sum_id, kpi_id, into[sum_id], first_steps):
            below = set(into) & _below(sum_id, into)
            paths = [tuple(path) for path in islice(_paths(kpi_id, sum_id, parents, below | {sum_id}), MAX_PATHS)]
            yield Doubled(kpi_id, sum_id, _kind(kpi_id, paths, collaborative), times[sum_id], sorted(paths, key=lambda p: (len(p), p)))


def _first_steps(kpi_id: UUID, parents: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, set[UUID]]:
    """By KPI above, which of the parents lead up to it, itself included."""
    found: dict[UUID, set[UUID]] = {}
    for first in parents[kpi_id]:
        waiting, seen = [first], {first}
        while waiting:
            here = waiting.pop()
            found.setdefault(here, set()).add(first)
            fresh = [up for up in parents.get(here, ()) if up not in seen]
            seen.update(fresh)
            waiting += fresh
    return found


def _into(kpi_id: UUID, above: Collection[UUID], parents: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, list[UUID]]:
    """By KPI above, from which of those on a way a step leads into it."""
    found: dict[UUID, list[UUID]] = {}
    for here in (kpi_id, *above):
        for up in parents.get(here, ()):
            found.setdefault(up, []).append(here)
    return found


def _ways_meet(sum_id: UUID, kpi_id: UUID, steps: Sequence[UUID], first_steps: Mapping[UUID, set[UUID]]) -> bool:
    """Two steps into the sum that began differently."""
    beginnings = [{sum_id} if step == kpi_id else first_steps[step] for step in steps]
    return any(a != b for n, one in enumerate(beginnings) for other in beginnings[n + 1 :] for a, b in product(one, other))


def _times(kpi_id: UUID, into: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, int]:
    """By KPI above, by how many ways the KPI reaches it."""
    found = {kpi_id: 1}

    def ways(here: UUID) -> int:
        if here not in found:
            found[here] = sum(ways(step) for step in into[here])
        return found[here]

    for here in into:
        ways(here)
    return found


def _below(sum_id: UUID, into: Mapping[UUID, Sequence[UUID]]) -> set[UUID]:
    """What stands below a sum on the ways."""
    found, waiting = set[UUID](), [sum_id]
    while waiting:
        fresh = set(into.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found


def _paths(here: UUID, goal: UUID, parents: Mapping[UUID, Sequence[UUID]], within: Collection[UUID]) -> Iterator[list[UUID]]:
    if here == goal:
        yield [here]
        return
    for up in parents.get(here, ()):
        if up in within:
            for rest in _paths(up, goal, parents, within):
                yield [here, *rest]


def _kind(kpi_id: UUID, paths: Sequence[Sequence[UUID]], collaborative: Collection[UUID]) -> Kind:
    if kpi_id in collaborative:
        return "collaborative"
    return "child_and_grandchild" if min(map(len, paths)) == 2 else "two_ways"  # the KPI and the sum alone
