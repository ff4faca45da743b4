"""What the doors of a unit's move take and give."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kpi_api.cascade.levels import Level
from kpi_api.cascade.schemas import PersonName, UnitName
from kpi_api.dictionary.fields import Input
from kpi_api.people.schemas import UnitOut

Finding = Literal["not_upward", "across"]


class UnitMoveInput(Input):
    """Under which unit it shall stand; null for none."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"parent_id": "0199d3a2-5c1e-7b43-9f0e-2a6f3f1d4b10"}]})

    parent_id: UUID | None


class KpiName(BaseModel):
    """A KPI by name, with where it stands."""

    id: UUID
    name: str
    level: Level
    unit: UnitName | None


class StrayLink(BaseModel):
    """A contribution to a KPI of a unit that does not stand above: `not_upward` when both are of one level, which no new contribution may
    be, or `across` to a higher level of another branch. It counts as before until somebody ends it."""

    contribution_id: UUID
    finding: Finding
    child: KpiName
    parent: KpiName
    sentence: str = Field(examples=["“Revenue of north” (North) contributes to “Revenue of sales” (Sales), which does not stand above it."])


class StrayLinks(BaseModel):
    """Contributions out of a unit to units that do not stand above it, as far as you see both ends. The count is whole."""

    astray_count: int
    astray: list[StrayLink]


class UnitMove(StrayLinks):
    """A unit's move and what comes of it. Lists hold the first ones; the counts are whole."""

    unit: UnitOut = Field(description="As it stands now.")
    moved: bool = Field(description="False for a preview, and where the unit stood there already.")
    from_parent: UnitName | None
    to_parent: UnitName | None
    kpis: int = Field(description="KPIs of the unit, of those below it and of their people, which move with it.")
    astray: list[StrayLink] = Field(description="Contributions that led upward before the move and do not after it.")
    cut_off_count: int
    cut_off: list[KpiName] = Field(description="KPIs that lead to strategy by such contributions alone: orphans, once these are ended.")
    loses_sight: list[PersonName] = Field(description="People who led the units and do not any more.")
    gains_sight: list[PersonName] = Field(description="People who lead the units from now on.")
    carried_no_more: list[KpiName] = Field(description="Shared KPIs that the people carried as members of a unit above.")
    carried_from_now: list[KpiName]
    warnings: list[str]
