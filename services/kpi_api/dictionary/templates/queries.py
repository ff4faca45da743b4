"""Reads of templates: their earlier versions, and which of their definitions are in force no more."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.dictionary import queries
from kpi_api.dictionary.models import KpiDefinition, ScorecardTemplate, TemplateLine, TemplateVersion
from kpi_api.dictionary.templates.schemas import TemplateContent, TemplateLineOutput, TemplateOutput, TemplateVersionOutput


async def template_versions(viewer: Viewer, session: ReadSession, template_id: UUID) -> list[TemplateVersionOutput]:
    """Every version of a template, newest first. Raises NotFound."""
    template = await queries.template(viewer, session, template_id)
    earlier = select(TemplateVersion).where(TemplateVersion.template_id == template.id).order_by(TemplateVersion.number.desc())
    present = TemplateVersionOutput(number=template.number, replaced_at=None, content=await content(session, template))
    return [present, *(TemplateVersionOutput.model_validate(row) for row in await session.scalars(earlier))]


async def content_of(session: ReadSession, template: ScorecardTemplate, number: int) -> TemplateContent:
    """What a template said in its version `number`. Raises NotFound."""
    if number == template.number:
        return await content(session, template)
    wanted = select(TemplateVersion.content).where(TemplateVersion.template_id == template.id, TemplateVersion.number == number)
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound()
    return TemplateContent.model_validate(found)


async def content(session: ReadSession, template: ScorecardTemplate) -> TemplateContent:
    """What a template says now."""
    lines = (await queries.template_lines(session, [template.id]))[template.id]
    return TemplateContent(
        name=template.name, role_code=template.role_code, eligibility=template.eligibility,
        lines=[TemplateLineOutput.model_validate(line).model_dump(exclude={"position", "retired"}) for line in lines],
    )  # fmt: skip


async def templates_shown(session: ReadSession, rows: Collection[ScorecardTemplate], day: date) -> dict[UUID, TemplateOutput]:
    """Templates that the viewer was found to see, with their lines in order, by id."""
    lines = await queries.template_lines(session, [row.id for row in rows])
    gone = await retired_codes(session, {line.definition_code for of in lines.values() for line in of}, day)
    return {row.id: _shown(row, lines[row.id], gone) for row in rows}


def _shown(row: ScorecardTemplate, lines: Collection[TemplateLine], gone: Collection[str]) -> TemplateOutput:
    shown = [TemplateLineOutput.model_validate(line).model_copy(update={"retired": line.definition_code in gone}) for line in lines]
    names = ("id", "code", "name", "role_code", "number", "retired_on", "eligibility", "version")
    return TemplateOutput(**{name: getattr(row, name) for name in names}, lines=shown)


async def retired_codes(session: ReadSession, codes: Collection[str], day: date) -> set[str]:
    """Of these definitions' codes those without a version in force on `day`."""
    ids = await queries.ids_by_code(session, KpiDefinition, codes)
    in_force = await queries.versions_in_force(session, ids.values(), day)
    return {code for code in codes if ids.get(code) not in in_force}
