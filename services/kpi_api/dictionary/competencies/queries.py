"""Reads of competencies, which are open to the whole organization."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.competencies.schemas import CompetencyUse
from kpi_api.dictionary.models import Competency, DefinitionVersion, KpiDefinition


async def competencies(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Competency]:
    """Competencies by code."""
    statement = select(Competency).where(Competency.organization_id == viewer.organization_id)
    scope = f"competencies {viewer.subject}"
    return await fetch_page(session, statement, page, keys=[(Competency.code, lambda row: row.code)], scope=scope)


async def competency(viewer: Viewer, session: ReadSession, competency_id: UUID) -> Competency:
    """Raises NotFound."""
    statement = select(Competency).where(Competency.organization_id == viewer.organization_id, Competency.id == competency_id)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound()
    return found


async def competency_codes(viewer: Viewer, session: ReadSession) -> frozenset[str]:
    """The code of every competency."""
    return frozenset(await session.scalars(select(Competency.code).where(Competency.organization_id == viewer.organization_id)))


async def uses(viewer: Viewer, session: ReadSession, codes: Collection[str]) -> dict[str, list[CompetencyUse]]:
    """By code of a competency the definitions that refer to it now, by their codes; only those that the viewer sees."""
    ever = select(DefinitionVersion.definition_id).where(DefinitionVersion.competency_code.in_(codes), dictionary.sees_version(viewer))
    shown = await dictionary.versions_shown(viewer, session, set(await session.scalars(ever)), viewer.today)
    found: dict[str, list[CompetencyUse]] = {code: [] for code in codes}
    rows = await session.scalars(dictionary.definitions(viewer).where(KpiDefinition.id.in_(shown)).order_by(KpiDefinition.code))
    for definition in rows:
        version = shown[definition.id]
        if version.competency_code in found:
            found[version.competency_code].append(_use(definition, version))
    return found


def _use(definition: KpiDefinition, version: DefinitionVersion) -> CompetencyUse:
    return CompetencyUse(definition_id=definition.id, code=definition.code, name=version.name, number=version.number, status=version.status)
