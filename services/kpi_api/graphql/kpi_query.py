"""KPIs, their cascade and what they come to: fields of the root."""

import strawberry

from kpi_api.cascade import queries as cascade
from kpi_api.cascade.shown import kpi_views
from kpi_api.graphql.kpis import Kpi, LineOfSight, load_kpi
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, connection, id_of, page_request, wanted_id
from kpi_api.graphql.roll_ups import DoubledResult, RolledUpKpi, SupposedChange, WhatIfResult, double_counting, roll_ups_page, what_would
from kpi_api.graphql.subtrees import Cascade, cascade_of_kpi, cascade_of_unit
from kpi_api.graphql.unit_moves import StrayContribution, stray_contributions
from kpi_api.graphql.words import KpiLevel


@strawberry.type
class KpiQuery:
    @strawberry.field(description="Whole, or as an ancestor on the viewer's line of sight; null where out of sight.")
    async def kpi(self, info: Info, id_: Id) -> Kpi | None:
        kpi_id = id_of("Kpi", id_)
        return await load_kpi(info, kpi_id) if kpi_id else None

    @strawberry.field(description="KPIs that the viewer sees whole, oldest first.")
    async def kpis(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        cycle_id: strawberry.ID | None = None,
        level: KpiLevel | None = None,
        owner_id: strawberry.ID | None = None,
        unit_id: strawberry.ID | None = None,
    ) -> Connection[Kpi]:
        wanted = cascade.KpiFilter(
            cycle_id=wanted_id("Cycle", cycle_id),
            level=level.value if level else None,
            owner_person_id=wanted_id("Person", owner_id),
            owner_unit_id=wanted_id("Unit", unit_id),
        )
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await cascade.kpis_page(info.context.viewer, session, page, wanted)
            views = {view.id: view for view in await kpi_views(info.context.viewer, session, [row.id for row in rows])}
        return connection(rows, after, lambda row: Kpi.of(views[row.id]) if row.id in views else None)

    @strawberry.field(description="KPIs below strategic that lead to no strategic KPI.")
    async def orphans(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Kpi]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await cascade.orphans_page(info.context.viewer, session, page)
            views = {view.id: view for view in await kpi_views(info.context.viewer, session, [row.id for row in rows])}
        return connection(rows, after, lambda row: Kpi.of(views[row.id]) if row.id in views else None)

    @strawberry.field(description="Every way from a KPI up to the mission; null where out of sight.")
    async def line_of_sight(self, info: Info, kpi_id: strawberry.ID) -> LineOfSight | None:
        found = id_of("Kpi", kpi_id)
        line = await info.context.loaders.lines_of_sight.load(found) if found else None
        return LineOfSight.of(line) if line else None

    cascade_of_kpi: Cascade | None = strawberry.field(
        resolver=cascade_of_kpi, description="Everything in sight that contributes to a KPI; null where the KPI is out of sight."
    )
    cascade_of_unit: Cascade | None = strawberry.field(
        resolver=cascade_of_unit,
        description="KPIs in sight of a unit, of the units below it and of their people, in a cycle by id or code, else the current one.",
    )

    @strawberry.field(description="What KPIs come to, those that the viewer sees whole, strategic first; null for what they may not see.")
    async def roll_ups(
        self,
        info: Info,
        cycle: str,
        first: First = DEFAULT_FIRST,
        after: After = None,
        unit_id: strawberry.ID | None = None,
        kpi_id: strawberry.ID | None = None,
        level: KpiLevel | None = None,
        accept_missing: bool = False,
        once: bool = False,
    ) -> Connection[RolledUpKpi] | None:
        wanted = {"unit_id": wanted_id("Unit", unit_id), "kpi_id": wanted_id("Kpi", kpi_id), "level": level.value if level else None}
        return await roll_ups_page(info, first, after, cycle, wanted | {"accept_missing": accept_missing, "once": once})

    @strawberry.field(description="Shared results that reach one sum by two ways or more, as far as the viewer sees them.")
    async def double_counting(self, info: Info, cycle: str) -> list[DoubledResult] | None:
        return await double_counting(info, cycle)

    @strawberry.field(description="Which KPIs above change if some come to something else. Nothing is written.")
    async def what_if(
        self, info: Info, cycle: str, changes: list[SupposedChange], accept_missing: bool = False, once: bool = False
    ) -> WhatIfResult:
        return await what_would(info, cycle, changes, {"accept_missing": accept_missing, "once": once})

    @strawberry.field(description="Contributions out of a unit to units that do not stand above it, where the viewer sees both ends.")
    async def stray_contributions(self, info: Info, unit_id: strawberry.ID) -> list[StrayContribution] | None:
        return await stray_contributions(info, unit_id)
