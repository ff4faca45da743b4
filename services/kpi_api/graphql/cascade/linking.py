"""Links between KPIs written through the graph: contributions upward, and leads."""

from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.cascade import contributing
from kpi_api.cascade.leading import actions as leading
from kpi_api.cascade.leading.schemas import LeadInput
from kpi_api.cascade.rest import NewContributions
from kpi_api.graphql.bulk import RowsChanged
from kpi_api.graphql.cascade.changing import KpiResult, RowsResult, change
from kpi_api.graphql.cascade.inputs import ContributionInput, reference
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.writing import attempt, found, validated


@strawberry.type
class LinkMutation:
    @strawberry.mutation(
        description="Weighted links to KPIs above; one that is there takes the weight given. A wrong row stops only itself."
    )
    async def contribute(self, info: Info, contributions: list[ContributionInput]) -> RowsResult:
        async def write(session: WriteSession) -> RowsChanged:
            given = validated(NewContributions, {"contributions": [one.values() for one in contributions]}).contributions
            return RowsChanged.of(await contributing.contribute(info.context.viewer, session, given))

        result: RowsResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take a contribution away; lines of sight that went through it end there.")
    async def end_contribution(self, info: Info, id_: Id, parent: strawberry.ID) -> KpiResult:
        viewer = info.context.viewer
        return await change(info, id_, lambda s, kpi: contributing.end_contribution(viewer, s, kpi, found("Kpi", parent)))

    @strawberry.mutation(description="Say that a KPI leads to a lagging one, by id or code, and after how many days it shows there.")
    async def lead_kpi(self, info: Info, id_: Id, lagging: str, lag_days: int | None = None) -> KpiResult:
        async def step(session: WriteSession, kpi_id: UUID) -> None:
            given = validated(LeadInput, {"lagging": reference(lagging), "lag_days": lag_days})
            await leading.lead(info.context.viewer, session, kpi_id, given)

        return await change(info, id_, step)

    @strawberry.mutation(description="Take a lead away.")
    async def end_kpi_lead(self, info: Info, id_: Id, lagging: strawberry.ID) -> KpiResult:
        viewer = info.context.viewer
        return await change(info, id_, lambda s, kpi: leading.end_lead(viewer, s, kpi, found("Kpi", lagging)))
