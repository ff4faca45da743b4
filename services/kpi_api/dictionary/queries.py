"""Reads of the dictionary. Everybody in the organization shares one dictionary; versions not yet approved are seen by who works on them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.access import Conditions, Viewer, sees
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.access.sight import is_self
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome, ScorecardTemplate, TemplateLine

DECIDED = ("approved", "retired")


def sees_version(viewer: Viewer) -> ColumnElement[bool]:
    """Approved versions are everybody's; drafts and proposals are seen by the definition's owner, executives and HR."""
    owned = select(KpiDefinition.id).where(is_self(viewer, KpiDefinition.owner_id))
    drafts: Conditions = {"owner": lambda: DefinitionVersion.definition_id.in_(owned)}
    return or_(DefinitionVersion.status.in_(DECIDED), sees(viewer, "definition_draft", drafts))


def definitions(viewer: Viewer) -> Select[KpiDefinition]:
    """Every definition of the organization."""
    return select(KpiDefinition).where(KpiDefinition.organization_id == viewer.organization_id)


async def definition(viewer: Viewer, session: ReadSession, definition_id: UUID) -> KpiDefinition:
    """Raises NotFound."""
    found = await session.scalar(definitions(viewer).where(KpiDefinition.id == definition_id))
    if found is None:
        raise NotFound()
    return found


async def definition_by_code(viewer: Viewer, session: ReadSession, code: str) -> KpiDefinition:
    """Raises NotFound."""
    found = await session.scalar(definitions(viewer).where(KpiDefinition.code == code))
    if found is None:
        raise NotFound()
    return found


async def versions(viewer: Viewer, session: ReadSession, definition_id: UUID) -> Sequence[DefinitionVersion]:
    """The versions of a definition in sight, newest first. Raises NotFound for an unknown definition."""
    await definition(viewer, session, definition_id)
    statement = select(DefinitionVersion).where(DefinitionVersion.definition_id == definition_id, sees_version(viewer))
    return (await session.scalars(statement.order_by(DefinitionVersion.number.desc()))).all()


async def version(viewer: Viewer, session: ReadSession, definition_id: UUID, number: int, *, lock: bool = False) -> DefinitionVersion:
    """One version in sight; `lock` keeps others from changing its status until the transaction ends. Raises NotFound."""
    statement = select(DefinitionVersion).where(
        DefinitionVersion.definition_id == definition_id, DefinitionVersion.number == number, sees_version(viewer)
    )
    found = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found


async def versions_in_force(session: ReadSession, definition_ids: Collection[UUID], day: date) -> dict[UUID, DefinitionVersion]:
    """By definition, the approved version in force on `day`: the latest that had taken effect, unless it was retired by then."""
    statement = (
        select(DefinitionVersion)
        .ext(distinct_on(DefinitionVersion.definition_id))
        .where(
            DefinitionVersion.definition_id.in_(definition_ids),
            DefinitionVersion.status.in_(DECIDED),
            DefinitionVersion.effective_from <= day,
        )
        .order_by(DefinitionVersion.definition_id, DefinitionVersion.effective_from.desc(), DefinitionVersion.number.desc())
    )
    found = await session.scalars(statement)
    return {row.definition_id: row for row in found if row.retired_from is None or row.retired_from > day}


async def newest_versions(viewer: Viewer, session: ReadSession, definition_ids: Collection[UUID]) -> dict[UUID, DefinitionVersion]:
    """By definition, the newest version in sight, whatever its status."""
    statement = (
        select(DefinitionVersion)
        .ext(distinct_on(DefinitionVersion.definition_id))
        .where(DefinitionVersion.definition_id.in_(definition_ids), sees_version(viewer))
        .order_by(DefinitionVersion.definition_id, DefinitionVersion.number.desc())
    )
    return {row.definition_id: row for row in await session.scalars(statement)}


async def versions_shown(
    viewer: Viewer, session: ReadSession, definition_ids: Collection[UUID], day: date
) -> dict[UUID, DefinitionVersion]:
    """By definition, the version in force on `day`; where none is, the newest in sight."""
    return await newest_versions(viewer, session, definition_ids) | await versions_in_force(session, definition_ids, day)


def outcomes(viewer: Viewer) -> Select[Outcome]:
    return select(Outcome).where(Outcome.organization_id == viewer.organization_id)


def templates(viewer: Viewer) -> Select[ScorecardTemplate]:
    return select(ScorecardTemplate).where(ScorecardTemplate.organization_id == viewer.organization_id)


async def template(viewer: Viewer, session: ReadSession, code_or_id: str | UUID) -> ScorecardTemplate:
    """A template by its code or its id. Raises NotFound."""
    key = ScorecardTemplate.id if isinstance(code_or_id, UUID) else ScorecardTemplate.code
    found = await session.scalar(templates(viewer).where(key == code_or_id))
    if found is None:
        raise NotFound()
    return found


async def template_lines(session: ReadSession, template_ids: Collection[UUID]) -> dict[UUID, list[TemplateLine]]:
    """The lines of templates, in order."""
    of_templates = select(TemplateLine).where(TemplateLine.template_id.in_(template_ids))
    statement = of_templates.order_by(TemplateLine.template_id, TemplateLine.position)
    lines: dict[UUID, list[TemplateLine]] = {template_id: [] for template_id in template_ids}
    for line in await session.scalars(statement):
        lines[line.template_id].append(line)
    return lines


async def ids_by_code(session: ReadSession, table: type[Any], codes: Collection[str]) -> dict[str, UUID]:
    """Ids of rows of an organization's table by their codes; codes that name nothing are missing."""
    found = await session.execute(select(table.code, table.id).where(table.code.in_(set(codes))))
    return dict(found.all())
