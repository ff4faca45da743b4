"""Paths from a KPI up to strategic KPIs, and the sentence that tells one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from uuid import UUID

MAX_PATHS = 100
"""A cascade of diamonds has exponentially many paths; beyond this many they are cut off, and the answer says so."""


class Step(NamedTuple):
    """One contribution upward."""

    parent_id: UUID
    weight: Decimal


@dataclass(frozen=True)
class Graph:
    """What lies above some KPIs: their names, which of them are strategic, and the steps up, each KPI's in the order to be told."""

    names: Mapping[UUID, str]
    strategic: frozenset[UUID]
    steps: Mapping[UUID, Sequence[Step]]

    @cached_property
    def reaching(self) -> frozenset[UUID]:
        """KPIs from which a strategic KPI can be reached, themselves included."""
        below: dict[UUID, list[UUID]] = {}
        for child, steps in self.steps.items():
            for step in steps:
                below.setdefault(step.parent_id, []).append(child)
        reached, waiting = set(self.strategic), list(self.strategic)
        while waiting:
            for child in below.get(waiting.pop(), ()):
                if child not in reached:
                    reached.add(child)
                    waiting.append(child)
        return frozenset(reached)

    def above(self, start: UUID) -> list[UUID]:
        """`start` and every KPI above it."""
        found, waiting = {start: None}, [start]
        while waiting:
            for step in self.steps.get(waiting.pop(), ()):
                if step.parent_id not in found:
                    found[step.parent_id] = None
                    waiting.append(step.parent_id)
        return list(found)

    def paths(self, start: UUID) -> tuple[list[list[UUID]], bool]:
        """Paths of ids from `start` upward to where no step leads on, dead ends left out; and whether they are all there."""
        found = self._paths(start)
        return found[:MAX_PATHS], len(found) <= MAX_PATHS

    @cached_property
    def _found(self) -> dict[UUID, list[list[UUID]]]:
        """Paths by where they start, so that what many KPIs have above them is walked once."""
        return {}

    def _paths(self, here: UUID) -> list[list[UUID]]:
        """As many as are shown, and one more if there is one."""
        if here not in self._found:
            onward = [step.parent_id for step in self.steps.get(here, ()) if step.parent_id in self.reaching]
            further = (path for parent in onward for path in self._paths(parent))
            ends = [[here]] if here in self.reaching else []
            self._found[here] = [[here, *path] for path in islice(further, MAX_PATHS + 1)] if onward else ends
        return self._found[here]

    def named(self, path: Sequence[UUID]) -> list[str]:
        return [self.names[id_] for id_ in path]


def in_telling_order(steps: Sequence[Step], names: Mapping[UUID, str]) -> list[Step]:
    """The heaviest contribution first, then by name, so that the same line reads the same each time."""
    if len(steps) < 2:
        return list(steps)
    return sorted(steps, key=lambda step: (-step.weight, names[step.parent_id], step.parent_id))


def sentence(paths: Sequence[Sequence[str]], name: str, mission: str, label: str = "KPI") -> str:
    """A line of sight in words, of KPIs as they are told; an orphan gets one too. `label` is what the organization calls a KPI (S1)."""
    if not paths:
        return f"{name} leads to no strategic {label} yet."
    first, *others = paths
    way = ", which contributes to ".join(first).replace(", which contributes to ", " contributes to ", 1)
    end = f", which serves the mission: {mission}" if mission else ""
    end = end if len(first) > 1 or not mission else end.replace(", which serves", " serves", 1)
    more = f" There {'is one other way' if len(others) == 1 else f'are {len(others)} other ways'}." if others else ""
    return f"{way}{end}".rstrip(".") + "." + more
