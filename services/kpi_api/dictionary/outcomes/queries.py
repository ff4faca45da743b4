"""Reads of outcomes, which are open to the whole organization."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.outcomes.schemas import OutcomeDetail, OutcomeOutput, ServingDefinition


async def outcomes_page(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Outcome]:
    """Outcomes by code."""
    scope = f"outcomes {viewer.subject}"
    return await fetch_page(session, dictionary.outcomes(viewer), page, keys=[(Outcome.code, lambda row: row.code)], scope=scope)


async def outcome(viewer: Viewer, session: ReadSession, outcome_id: UUID) -> Outcome:
    """Raises NotFound."""
    found = await session.scalar(dictionary.outcomes(viewer).where(Outcome.id == outcome_id))
    if found is None:
        raise NotFound()
    return found


async def outcome_detail(viewer: Viewer, session: ReadSession, row: Outcome) -> OutcomeDetail:
    """An outcome with what serves it."""
    served = await serving(viewer, session, [row.id])
    return OutcomeDetail(**OutcomeOutput.model_validate(row).model_dump(), definitions=served[row.id])


async def serving(viewer: Viewer, session: ReadSession, outcome_ids: Collection[UUID]) -> dict[UUID, list[ServingDefinition]]:
    """By outcome the definitions that serve it now, by their codes; only those that the viewer sees."""
    ever = select(DefinitionVersion.definition_id).where(DefinitionVersion.outcome_id.in_(outcome_ids), dictionary.sees_version(viewer))
    shown = await dictionary.versions_shown(viewer, session, set(await session.scalars(ever)), viewer.today)
    found: dict[UUID, list[ServingDefinition]] = {outcome_id: [] for outcome_id in outcome_ids}
    rows = await session.scalars(dictionary.definitions(viewer).where(KpiDefinition.id.in_(shown)).order_by(KpiDefinition.code))
    for definition in rows:
        version = shown[definition.id]
        if version.outcome_id in found:
            found[version.outcome_id].append(_serving(definition, version))
    return found


def _serving(definition: KpiDefinition, version: DefinitionVersion) -> ServingDefinition:
    return ServingDefinition(
        definition_id=definition.id, code=definition.code, name=version.name, number=version.number, status=version.status
    )
