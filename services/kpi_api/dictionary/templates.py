"""Scorecard templates: their lines, each target checked against the definition it is for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.access import Viewer
from chassis.database import WriteSession
from kpi_api.dictionary import queries
from kpi_api.dictionary.actions import refuse_taken
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.problems import TargetsDoNotFit, UnknownReference
from kpi_api.dictionary.target_schemas import Part
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.template_schemas import TemplateInput


async def create_template(viewer: Viewer, session: WriteSession, given: TemplateInput) -> ScorecardTemplate:
    """A template with its lines, each target checked against its definition.

    Raises NotAllowed, CodeTaken, UnknownReference, TargetsDoNotFit.
    """
    viewer.require("templates.write")
    await refuse_taken(session, ScorecardTemplate, given.code)
    await _check_lines(session, given)
    template = ScorecardTemplate(code=given.code, name=given.name, role_code=given.role_code)
    session.add(template)
    await session.flush()
    session.add_all(_line(template.id, position, line.model_dump(mode="json")) for position, line in enumerate(given.lines, start=1))
    await session.flush()
    return template


def _line(template_id: UUID, position: int, values: Mapping[str, Any]) -> TemplateLine:
    return TemplateLine(template_id=template_id, position=position, **values)


async def _check_lines(session: WriteSession, given: TemplateInput) -> None:
    ids = await queries.ids_by_code(session, KpiDefinition, [line.definition_code for line in given.lines])
    in_force = await queries.versions_in_force(session, ids.values(), session.today)
    for n, line in enumerate(given.lines):
        version = in_force.get(ids[line.definition_code]) if line.definition_code in ids else None
        if version is None:
            raise UnknownReference(
                f"There is no approved definition `{line.definition_code}` in force.", field=f"/lines/{n}/definition_code"
            )
        if errors := misfits(parts_of(version), line.targets):
            errors = [error.model_copy(update={"field": f"/lines/{n}{error.field}"}) for error in errors]
            raise TargetsDoNotFit(f"Line {n + 1} ({line.definition_code}): {errors[0].message}", errors=errors)


def parts_of(version: DefinitionVersion) -> Sequence[Part]:
    return [Part.model_validate(part) for part in version.parts]
