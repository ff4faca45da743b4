"""Reads of the dictionary by id for the loaders, by the same sight as its own queries."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput
from kpi_api.cascade.queries import among
from kpi_api.dictionary import queries
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.shown import version_shown
from kpi_api.dictionary.stewardship import queries as stewardship
from kpi_api.dictionary.stewardship.models import BusinessChange


class DefinitionRows(NamedTuple):
    """A definition with its version in force today; where none is, the newest in sight, or null."""

    definition: KpiDefinition
    version: DefinitionVersion | None


class ChangeRows(NamedTuple):
    """A business change with the definitions that it touches."""

    change: BusinessChange
    definition_ids: list[UUID]


async def definitions_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, DefinitionRows]:
    rows = (await session.scalars(queries.definitions(viewer).where(among(KpiDefinition.id, ids)))).all()
    versions = await queries.versions_shown(viewer, session, [row.id for row in rows], session.today)
    return {row.id: DefinitionRows(row, versions.get(row.id)) for row in rows}


async def versions_of_definitions(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, list[DefinitionVersion]]:
    """Of each definition the versions in sight, newest first."""
    seen = select(DefinitionVersion).where(among(DefinitionVersion.definition_id, ids), queries.sees_version(viewer))
    versions: dict[UUID, list[DefinitionVersion]] = {id_: [] for id_ in ids}
    for row in await session.scalars(seen.order_by(DefinitionVersion.definition_id, DefinitionVersion.number.desc())):
        versions[row.definition_id].append(row)
    return versions


async def verbs_of_versions(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, list[VerbOutput]]:
    """What the viewer may do with each version in sight; one look-up of trials per version that they could approve."""
    seen = select(DefinitionVersion).where(among(DefinitionVersion.id, ids), queries.sees_version(viewer))
    rows = (await session.scalars(seen)).all()
    return {row.id: (await version_shown(viewer, session, row)).verbs for row in rows}


async def outcomes_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, Outcome]:
    return {row.id: row for row in await session.scalars(queries.outcomes(viewer).where(among(Outcome.id, ids)))}


async def business_changes_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, ChangeRows]:
    rows = (await session.scalars(stewardship.changes(viewer).where(among(BusinessChange.id, ids)))).all()
    touched = await stewardship.definitions_of(session, [row.id for row in rows])
    return {row.id: ChangeRows(row, touched[row.id]) for row in rows}
