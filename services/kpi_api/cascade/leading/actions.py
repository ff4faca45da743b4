"""Writes of leads. A circle of leads is refused, also when two write half of it each: both wait for the lock of contributions."""

from uuid import UUID

from sqlalchemy import delete, select, text

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.cascade import references, storing
from kpi_api.cascade.actions import changeable_kpi
from kpi_api.cascade.leading.models import KpiLead
from kpi_api.cascade.leading.schemas import LeadInput
from kpi_api.cascade.problems import ContributionRefused
from kpi_api.dictionary.models import DefinitionVersion

LEADS_BACK = text(
    """
    WITH RECURSIVE onward AS (
      SELECT CAST(:lagging AS uuid) AS id
      UNION
      SELECT l.lagging_id FROM kpi_leads l JOIN onward o ON l.organization_id = :organization_id AND l.leading_id = o.id
    )
    SELECT EXISTS (SELECT FROM onward WHERE id = :leading)
    """
)


async def lead(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: LeadInput) -> None:
    """Say that a KPI leads to another; again with another lag takes that. Raises NotFound, NotAllowed, ContributionRefused."""
    await storing.lock_contributions(session)
    kpi = await changeable_kpi(viewer, session, kpi_id)
    lagging = (await references.load_kpis(viewer, session, {given.lagging})).get(given.lagging)
    if lagging is None:
        raise ContributionRefused("There is no such KPI that you may see.", field="/lagging")
    keys = {"organization_id": session.organization_id, "leading": kpi_id, "lagging": lagging.id}
    if await session.scalar(LEADS_BACK, keys):
        raise ContributionRefused("That KPI leads to this one, so this one cannot lead to it: it would be a circle.", field="/lagging")
    lag_days = given.lag_days if given.lag_days is not None else await _usual_lag(session, kpi.definition_version_id)
    found = await session.scalar(select(KpiLead).where(KpiLead.leading_id == kpi_id, KpiLead.lagging_id == lagging.id))
    if found is None:
        session.add(KpiLead(leading_id=kpi_id, lagging_id=lagging.id, lag_days=lag_days))
    else:
        found.lag_days = lag_days
    await session.flush()
    await storing.record_events(session, "kpi.changed", [kpi_id])


async def _usual_lag(session: WriteSession, version_id: UUID) -> int:
    """What the definition says, or none."""
    return await session.scalar(select(DefinitionVersion.leads_to_lag_days).where(DefinitionVersion.id == version_id)) or 0


async def end_lead(viewer: Viewer, session: WriteSession, kpi_id: UUID, lagging_id: UUID) -> None:
    """Take a lead away. Raises NotFound, NotAllowed."""
    await changeable_kpi(viewer, session, kpi_id)
    gone = delete(KpiLead).where(KpiLead.organization_id == viewer.organization_id, KpiLead.leading_id == kpi_id)
    if await session.scalar(gone.where(KpiLead.lagging_id == lagging_id).returning(KpiLead.id)) is None:
        raise NotFound()
    await storing.record_events(session, "kpi.changed", [kpi_id])
