"""What the doors give of a KPI's or a unit's cascade downward."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from chassis.numbers import ExactDecimal
from kpi_api.cascade.levels import Level
from kpi_api.cascade.schemas import KpiStatus, PersonName, UnitName
from kpi_api.dictionary.fields import Output


class CascadeNode(Output):
    """A KPI in sight. `owner` is null for a unit's KPI, and where you see the KPI as an ancestor only."""

    id: UUID
    name: str
    level: Level
    status: KpiStatus
    owning_unit: UnitName | None
    owner: PersonName | None
    targets: list[str] = Field(description="The target of each part in words.", examples=[["at least 450,000 USD per quarter"]])


class FoldedGroup(Output):
    """KPIs in sight shown as one node: a unit's with all below it, or those of a unit's people. `id` is the unit's."""

    id: UUID
    unit: UnitName
    of: Literal["unit", "people"]
    kpis: int
    people: int
    label: str = Field(examples=["Sales: 48 KPIs of 8 people"])


class CascadeEdge(Output):
    """A contribution from a node or folded group to a node. `weight` is null for a group, which has as many links as `contributions`."""

    child_id: UUID
    parent_id: UUID
    weight: ExactDecimal | None
    contributions: int


class UnitCount(Output):
    unit: UnitName
    kpis: int


class LevelCount(Output):
    """A level's KPIs in sight, the units that own them (or whose people do) and the people who do."""

    level: Level
    kpis: int
    units: int
    people: int
    by_unit: list[UnitCount]


class Subtree(Output):
    """KPIs in sight from the top level down. Where there are more than `limit`, units are folded; `levels` counts what is folded, too.

    `complete` is false only where even one unit's own KPIs are more than that, and the rest of them is left out.
    """

    sentence: str
    levels: list[LevelCount]
    nodes: list[CascadeNode]
    edges: list[CascadeEdge]
    folded: list[FoldedGroup]
    complete: bool


class LineOfSightDown(Subtree):
    """Everything in sight that contributes to a KPI, reached through KPIs in sight. What is outside your sight is not counted either."""

    direction: Literal["down"] = "down"
    kpi_id: UUID


class UnitCascade(Subtree):
    """The KPIs in sight of a unit, of the units below it and of their people, in one cycle."""

    unit: UnitName
    cycle_id: UUID | None = Field(description="Null where the organization has no cycle yet.")
