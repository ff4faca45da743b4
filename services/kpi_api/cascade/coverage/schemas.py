"""What the door of coverage gives."""

from uuid import UUID

from pydantic import BaseModel, Field

from chassis.numbers import Percent
from kpi_api.cascade.levels import Level
from kpi_api.cascade.schemas import PersonName, UnitName


class UncarriedKpi(BaseModel):
    """A KPI above the individual level to which no live KPI contributes."""

    id: UUID
    name: str
    level: Level
    owning_unit: UnitName


class UnitCoverage(BaseModel):
    """Of the people in a unit today, whom you see: how many carry an individual KPI, and how many one that leads to a strategic KPI."""

    unit: UnitName
    kpis: int = Field(description="Live KPIs that the unit itself owns.")
    people: int
    with_kpis: int
    connected: int


class Coverage(BaseModel):
    """The coverage of a cycle's cascade, as far as you see its KPIs and people. Lists hold the first ones; the counts are whole."""

    cycle_code: str
    people: int
    with_kpis: int
    connected: int = Field(description="People with an individual KPI that leads to a strategic one.")
    connected_share: Percent | None = Field(description="Percent of the people; null where there are none.")
    uncarried_count: int
    uncarried: list[UncarriedKpi] = Field(description="Strategic ones first.")
    without_count: int
    without: list[PersonName] = Field(description="People who carry no individual KPI of the cycle, by name.")
    units: list[UnitCoverage] = Field(description="By name; those without KPI and without people are left out.")
