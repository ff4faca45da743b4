"""What is found about a unit: how many KPIs it carries, and who else works at the same outcome without a link."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_at_all
from kpi_api.cycles import queries as cycles
from kpi_api.dictionary.models import DefinitionVersion, Outcome
from kpi_api.findings import Unit, findings_of_unit
from kpi_api.people import queries as people
from kpi_api.people.models import OrgUnit
from kpi_api.scorecards.findings.noted import NotedOfUnit, noted_of_unit
from kpi_api.scorecards.findings.queries import led_units

LIVE: Final = ("active", "waiting")


async def findings_about_unit(viewer: Viewer, session: ReadSession, unit_id: UUID, cycle: str) -> list[NotedOfUnit]:
    """Of a unit that the viewer leads, or of any for who sees every KPI. Raises NotFound."""
    unit = await session.scalar(led_units(viewer).where(OrgUnit.id == unit_id))
    found = await cycles.cycle(viewer, session, cycle)
    if unit is None:
        raise NotFound()
    facts = await _facts(viewer, session, unit, found.id)
    limits = (await people.organization(viewer, session)).finding_limits
    return await noted_of_unit(session, unit.id, found.id, findings_of_unit(facts, limits))


async def _facts(viewer: Viewer, session: ReadSession, unit: OrgUnit, cycle_id: UUID) -> Unit:
    kpis = await _unit_kpis(viewer, session, cycle_id)
    own = [kpi for kpi in kpis if kpi.owner_unit_id == unit.id]
    parents = await _parents(session, [kpi.id for kpi in kpis])
    return Unit(unit.id, unit.name, unit.value_statement, len(own), tuple(_same_outcome(own, kpis, parents)))


async def _unit_kpis(viewer: Viewer, session: ReadSession, cycle_id: UUID) -> Sequence[Any]:
    """Live KPIs of units in sight, with the outcomes they serve."""
    statement = (
        select(Kpi.id, Kpi.owner_unit_id, OrgUnit.name.label("unit_name"), Outcome.name.label("outcome"))
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .join(OrgUnit, OrgUnit.id == Kpi.owner_unit_id)
        .outerjoin(Outcome, Outcome.id == DefinitionVersion.outcome_id)
        .where(Kpi.organization_id == viewer.organization_id, Kpi.cycle_id == cycle_id, Kpi.owner_unit_id.is_not(None))
        .where(Kpi.status.in_(LIVE), sees_at_all(viewer))
    )
    return (await session.execute(statement)).all()


async def _parents(session: ReadSession, kpi_ids: Sequence[UUID]) -> Mapping[UUID, set[UUID]]:
    """By KPI itself and what it contributes to."""
    found = defaultdict(set, {kpi_id: {kpi_id} for kpi_id in kpi_ids})
    links = select(Contribution.child_id, Contribution.parent_id).where(among(Contribution.child_id, kpi_ids))
    for child_id, parent_id in await session.execute(links):
        found[child_id].add(parent_id)
    return found


def _same_outcome(own: Sequence[Any], kpis: Sequence[Any], parents: Mapping[UUID, set[UUID]]) -> list[tuple[str, tuple[str, ...]]]:
    """By outcome of the unit's own the other units that serve it, none of whose KPIs contributes to one of the unit's, or both to one."""
    found = []
    for outcome in sorted({kpi.outcome for kpi in own} - {None}):
        mine = set().union(*(parents[kpi.id] for kpi in own if kpi.outcome == outcome))
        theirs: dict[str, set[UUID]] = {}
        for kpi in kpis:
            if kpi.outcome == outcome and kpi.owner_unit_id != own[0].owner_unit_id:
                theirs.setdefault(kpi.unit_name, set()).update(parents[kpi.id])
        if unlinked := tuple(sorted(name for name, ids in theirs.items() if not ids & mine)):
            found.append((outcome, unlinked))
    return found
