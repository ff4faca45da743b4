"""The five levels of the cascade (S0, "Individual KPIs in the Performance Cascade"): who may own what, and which way is up. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args
from uuid import UUID

Level = Literal["strategic", "business_unit", "functional", "team", "individual"]
LEVELS: tuple[Level, ...] = get_args(Level)

UNIT_KIND_OF: dict[Level, str] = {"strategic": "company", "business_unit": "business_unit", "functional": "function", "team": "team"}
"""The kind of unit that may own a KPI of a level. Individual KPIs belong to one person, strategic ones to the company or its head."""


@dataclass(frozen=True)
class Unit:
    """What the cascade needs to know of an org unit."""

    id: UUID
    code: str
    name: str
    kind: str
    parent_id: UUID | None
    head_id: UUID | None


class UnitTree:
    """The organization's units: which lies above which."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.id: unit for unit in units}
        self._by_code = {unit.code: unit for unit in self._units.values()}

    def get(self, id_: UUID | None) -> Unit | None:
        return self._units.get(id_) if id_ else None

    def by_code(self, code: str | None) -> Unit | None:
        return self._by_code.get(code) if code else None

    def lies_above(self, upper: UUID | None, lower: UUID | None) -> bool:
        """`upper` is a proper ancestor of `lower`."""
        return upper in self.above(lower)

    def above(self, id_: UUID | None) -> list[UUID]:
        """The units over one, the nearest first."""
        found: dict[UUID, None] = {}
        here = self.get(id_)
        while here and here.parent_id and here.parent_id not in found:
            found[here.parent_id] = None
            here = self.get(here.parent_id)
        return list(found)

    def under(self, id_: UUID) -> set[UUID]:
        """A unit with all below it."""
        return {unit for unit in self._units if unit == id_ or id_ in self.above(unit)}

    def moved(self, id_: UUID, parent_id: UUID | None) -> "UnitTree":
        """The same units with one of them under another parent."""
        return UnitTree(replace(unit, parent_id=parent_id) if unit.id == id_ else unit for unit in self._units.values())


@dataclass(frozen=True)
class Place:
    """Where a KPI stands: its level, and its unit (of an individual KPI, the owner's unit today)."""

    level: Level
    unit_id: UUID | None


def leads_upward(child: Place, parent: Place, units: UnitTree) -> bool:
    """A contribution goes to a higher level, or to the same level when the parent's unit lies above."""
    if LEVELS.index(parent.level) < LEVELS.index(child.level):
        return True
    return parent.level == child.level and units.lies_above(parent.unit_id, child.unit_id)


def skips_level(child: Place, parent: Place) -> bool:
    """The link passes over a level, which is worth knowing, not wrong."""
    return LEVELS.index(child.level) - LEVELS.index(parent.level) > 1
