"""REST doors of leads."""

from uuid import UUID

from fastapi import APIRouter

from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.leading import actions, queries
from kpi_api.cascade.leading.schemas import LeadInput, Leads

router = APIRouter(prefix="/v1/kpis", tags=["cascade"], route_class=TransactionalRoute)


@router.get("/{kpi_id}/leads", summary="Read what a KPI leads to")
async def read_leads(kpi_id: UUID, viewer: CurrentViewer, session: Read) -> Leads:
    """The lagging KPIs on which it shows later, and the leading ones that show on it."""
    return await queries.leads(viewer, session, kpi_id)


@router.put("/{kpi_id}/leads", summary="Say what a KPI leads to")
async def put_lead(kpi_id: UUID, given: LeadInput, viewer: CurrentViewer, session: Write) -> Leads:
    """Name a lagging KPI and the lag. Apart from contributions: nothing is rolled up along a lead."""
    await actions.lead(viewer, session, kpi_id, given)
    return await queries.leads(viewer, session, kpi_id)


@router.delete("/{kpi_id}/leads/{lagging_id}", status_code=204, summary="Take a lead away")
async def delete_lead(kpi_id: UUID, lagging_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """The KPI leads there no more."""
    await actions.end_lead(viewer, session, kpi_id, lagging_id)
