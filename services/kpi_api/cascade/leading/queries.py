"""Reads of leads: between KPIs that the viewer sees, whole or as ancestors."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade import queries
from kpi_api.cascade.leading.models import KpiLead
from kpi_api.cascade.leading.schemas import LeadOutput, Leads
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.sight import sees_at_all


async def leads(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Leads:
    """Both directions, by name. Raises NotFound."""
    kpi = await queries.kpi(viewer, session, kpi_id)
    onward = await _others(viewer, session, KpiLead.leading_id == kpi_id, KpiLead.lagging_id)
    backward = await _others(viewer, session, KpiLead.lagging_id == kpi_id, KpiLead.leading_id)
    return Leads(
        leads_to=[_shown(other, lag, sentence(kpi.name, other.name, lag)) for other, lag in onward],
        led_by=[_shown(other, lag, sentence(other.name, kpi.name, lag)) for other, lag in backward],
    )


async def _others(viewer: Viewer, session: ReadSession, here: ColumnElement[bool], there: Any) -> list[tuple[Kpi, int]]:
    statement = select(Kpi, KpiLead.lag_days).join(KpiLead, there == Kpi.id).where(here, sees_at_all(viewer)).order_by(Kpi.name, Kpi.id)
    return [(row.Kpi, row.lag_days) for row in await session.execute(statement.where(Kpi.organization_id == viewer.organization_id))]


def _shown(kpi: Kpi, lag_days: int, told: str) -> LeadOutput:
    return LeadOutput(kpi_id=kpi.id, name=kpi.name, lag_days=lag_days, sentence=told)


def sentence(leading: str, lagging: str, lag_days: int) -> str:
    """A lead in words."""
    days = "at once" if lag_days == 0 else "after a day" if lag_days == 1 else f"after {lag_days} days"
    return f"{leading} leads to {lagging}, where it shows {days}."
