"""What a cascade leaves open, in the graph: KPIs that nobody carries, people who carry none, and how much of each unit is connected."""

from decimal import Decimal
from uuid import UUID

import strawberry

from chassis.problems import NotFound
from kpi_api.cascade.coverage import queries, schemas
from kpi_api.graphql.kpis import Kpi, load_kpi, load_unit
from kpi_api.graphql.nodes import Info, wanted_id
from kpi_api.graphql.people import Person, Unit, load_person


@strawberry.type(description="A KPI above the individual level to which no live KPI contributes.")
class UncarriedKpi:
    uuid: UUID

    @strawberry.field
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid)


@strawberry.type(description="Someone who carries no individual KPI of the cycle.")
class PersonWithoutKpi:
    uuid: UUID

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.uuid)


@strawberry.type(description="Of the people in a unit today, whom you see: how many carry an individual KPI, and how many are connected.")
class UnitCoverage:
    uuid: UUID
    kpis: int = strawberry.field(description="Live KPIs that the unit itself owns.")
    people: int
    with_kpis: int
    connected: int

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        return await load_unit(info, self.uuid)

    @classmethod
    def of(cls, row: schemas.UnitCoverage) -> "UnitCoverage":
        return cls(uuid=row.unit.id, kpis=row.kpis, people=row.people, with_kpis=row.with_kpis, connected=row.connected)


@strawberry.type(description="The coverage of a cycle's cascade, as far as you see it. Lists hold the first ones; the counts are whole.")
class Coverage:
    cycle_code: str
    people: int
    with_kpis: int
    connected: int = strawberry.field(description="People with an individual KPI that leads to a strategic one.")
    connected_share: Decimal | None = strawberry.field(description="Percent of the people; null where there are none.")
    uncarried_count: int
    uncarried: list[UncarriedKpi] = strawberry.field(description="Strategic ones first.")
    without_count: int
    without: list[PersonWithoutKpi] = strawberry.field(description="By name.")
    units: list[UnitCoverage]

    @classmethod
    def of(cls, found: schemas.Coverage) -> "Coverage":
        counts = ("cycle_code", "people", "with_kpis", "connected", "connected_share", "uncarried_count", "without_count")
        return cls(
            **{name: getattr(found, name) for name in counts},
            uncarried=[UncarriedKpi(uuid=row.id) for row in found.uncarried],
            without=[PersonWithoutKpi(uuid=row.id) for row in found.without],
            units=[UnitCoverage.of(row) for row in found.units],
        )


@strawberry.type
class CoverageQuery:
    @strawberry.field(description="What a cycle's cascade leaves open, in a unit and below or in all; null for no such cycle or unit.")
    async def coverage(self, info: Info, cycle: str, unit_id: strawberry.ID | None = None) -> Coverage | None:
        try:
            async with info.context.read() as session:
                return Coverage.of(await queries.coverage(info.context.viewer, session, cycle, wanted_id("Unit", unit_id)))
        except NotFound:
            return None
