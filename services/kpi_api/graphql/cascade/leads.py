"""Leads in the graph: the lagging KPIs on which one shows later, and the leading ones that show on it."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from kpi_api.cascade.leading.schemas import LeadOutput
from kpi_api.graphql.nodes import Info

if TYPE_CHECKING:
    from kpi_api.graphql.kpis import Kpi


@strawberry.type(description="A KPI at the other end of a lead, and after how many days it shows. Apart from contributions.")
class KpiLead:
    uuid: UUID = strawberry.field(description="Of the other KPI.")
    name: str
    lag_days: int
    sentence: str

    @strawberry.field(description="The other KPI.")
    async def kpi(self, info: Info) -> Annotated["Kpi", strawberry.lazy("kpi_api.graphql.kpis")] | None:
        from kpi_api.graphql.kpis import load_kpi

        return await load_kpi(info, self.uuid)

    @classmethod
    def of(cls, lead: LeadOutput) -> "KpiLead":
        return cls(uuid=lead.kpi_id, name=lead.name, lag_days=lead.lag_days, sentence=lead.sentence)


async def load_leads(info: Info, kpi_id: UUID, direction: str) -> list[KpiLead] | None:
    """`leads_to` or `led_by`; null where the KPI is not seen whole."""
    found = await info.context.loaders.leads.load(kpi_id)
    return [KpiLead.of(lead) for lead in getattr(found, direction)] if found else None
