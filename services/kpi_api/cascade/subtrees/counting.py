"""How many KPIs, units and people each level has, and the sentence that tells it. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from kpi_api.cascade.levels import LEVELS, Level
from kpi_api.cascade.schemas import UnitName
from kpi_api.cascade.subtrees.schemas import LevelCount, UnitCount

NOUNS: dict[Level, tuple[str, str]] = {
    "strategic": ("strategic KPI", "strategic KPIs"),
    "business_unit": ("business unit", "business units"),
    "functional": ("function", "functions"),
    "team": ("team", "teams"),
    "individual": ("person", "people"),
}


class Counted(NamedTuple):
    """KPIs in sight of one level and one unit, and how many people own them. `unit_id` is null where nobody's unit is known."""

    level: Level
    unit_id: UUID | None
    unit_name: str | None
    kpis: int
    people: int


def by_level(counts: Iterable[Counted]) -> list[LevelCount]:
    """The levels that have any, from the top down, each with its units by name."""
    found = list(counts)
    return [_level(level, of_level) for level in LEVELS if (of_level := [count for count in found if count.level == level])]


def _level(level: Level, counts: Sequence[Counted]) -> LevelCount:
    units = [UnitCount(unit=UnitName(id=count.unit_id, name=count.unit_name or ""), kpis=count.kpis) for count in counts if count.unit_id]
    return LevelCount(
        level=level,
        kpis=sum(count.kpis for count in counts),
        units=len(units),
        people=sum(count.people for count in counts),
        by_unit=sorted(units, key=lambda count: (count.unit.name, count.unit.id)),
    )


def carried_by(name: str, levels: Sequence[LevelCount], directly: int) -> str:
    """ "“Revenue” is carried by 2 business units, 5 functions, 14 teams and 120 people; 3 of these 260 KPIs contribute to it directly." """
    total = sum(count.kpis for count in levels)
    if not total:
        return f"Nothing that you see contributes to “{name}” yet."
    if total == 1:
        return f"“{name}” is carried by {_listed(levels)}, with one KPI."
    contribute = "all contribute" if directly == total else "1 contributes" if directly == 1 else f"{directly} contribute"
    return f"“{name}” is carried by {_listed(levels)}; of these {total} KPIs {contribute} to it directly."


def held_by(name: str, levels: Sequence[LevelCount]) -> str:
    """ "Sales has 48 KPIs that you see: of 1 function, 2 teams and 8 people." """
    total = sum(count.kpis for count in levels)
    if not total:
        return f"{name} has no KPI that you see."
    return f"{name} has {total} {'KPI' if total == 1 else 'KPIs'} that you see: of {_listed(levels)}."


def _listed(levels: Sequence[LevelCount]) -> str:
    parts = [_counted(count) for count in levels]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _counted(count: LevelCount) -> str:
    """Strategic KPIs are counted themselves; below, whoever owns them, as far as the viewer sees the owners."""
    number = count.kpis if count.level == "strategic" else count.people if count.level == "individual" else count.units
    if not number:
        return f"{count.kpis} individual {'KPI' if count.kpis == 1 else 'KPIs'}"
    one, many = NOUNS[count.level]
    return f"{number} {one if number == 1 else many}"


def group_label(unit: str, kpis: int, people: int) -> str:
    """ "Sales: 48 KPIs of 8 people"."""
    owners = f" of {people} {'person' if people == 1 else 'people'}" if people else ""
    return f"{unit}: {kpis} {'KPI' if kpis == 1 else 'KPIs'}{owners}"
