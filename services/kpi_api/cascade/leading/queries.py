"""Reads of leads: between KPIs that the viewer sees, whole or as ancestors."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.leading.models import KpiLead
from kpi_api.cascade.leading.schemas import LeadOutput, Leads
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_at_all, sees_whole


async def leads(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Leads:
    """Both directions, by name. Raises NotFound."""
    found = await leads_of_kpis(viewer, session, [kpi_id])
    if kpi_id not in found:
        raise NotFound()
    return found[kpi_id]


async def leads_of_kpis(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Leads]:
    """Both directions of each of these KPIs that the viewer sees whole."""
    whole = select(Kpi.id, Kpi.name).where(Kpi.organization_id == viewer.organization_id, among(Kpi.id, kpi_ids), sees_whole(viewer))
    names = {row.id: row.name for row in await session.execute(whole)}
    found = {id_: Leads(leads_to=[], led_by=[]) for id_ in names}
    for here, other, lag in await _links(viewer, session, found, KpiLead.leading_id, KpiLead.lagging_id):
        found[here].leads_to.append(_shown(other, lag, sentence(names[here], other.name, lag)))
    for here, other, lag in await _links(viewer, session, found, KpiLead.lagging_id, KpiLead.leading_id):
        found[here].led_by.append(_shown(other, lag, sentence(other.name, names[here], lag)))
    return found


async def _links(viewer: Viewer, session: ReadSession, ids: Collection[UUID], here: Any, there: Any) -> list[tuple[UUID, Kpi, int]]:
    """Links of these KPIs at one end to KPIs in sight at the other, by those KPIs' names."""
    statement = select(here, Kpi, KpiLead.lag_days).join(KpiLead, there == Kpi.id).where(among(here, ids), sees_at_all(viewer))
    statement = statement.where(Kpi.organization_id == viewer.organization_id).order_by(Kpi.name, Kpi.id)
    return [(row[0], row.Kpi, row.lag_days) for row in await session.execute(statement)]


def _shown(kpi: Kpi, lag_days: int, told: str) -> LeadOutput:
    return LeadOutput(kpi_id=kpi.id, name=kpi.name, lag_days=lag_days, sentence=told)


def sentence(leading: str, lagging: str, lag_days: int) -> str:
    """A lead in words."""
    days = "at once" if lag_days == 0 else "after a day" if lag_days == 1 else f"after {lag_days} days"
    return f"{leading} leads to {lagging}, where it shows {days}."
