"""Writes to scorecard templates: each target is checked against the definition it is for, and each change is the next version."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_match
from chassis.problems import PreconditionFailed
from kpi_api.dictionary import queries
from kpi_api.dictionary.actions import refuse_taken
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, ScorecardTemplate, TemplateLine, TemplateVersion
from kpi_api.dictionary.problems import TargetsDoNotFit, TemplateRetired, UnknownReference
from kpi_api.dictionary.target_schemas import Part
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.templates.queries import content
from kpi_api.dictionary.templates.schemas import TemplateContent, TemplateInput


async def create_template(viewer: Viewer, session: WriteSession, given: TemplateInput) -> ScorecardTemplate:
    """A template with its lines, each target checked against its definition.

    Raises NotAllowed, CodeTaken, UnknownReference, TargetsDoNotFit.
    """
    viewer.require("templates.write")
    await refuse_taken(session, ScorecardTemplate, given.code)
    await check_lines(session, given)
    eligibility = given.eligibility.model_dump(mode="json")
    template = ScorecardTemplate(code=given.code, name=given.name, role_code=given.role_code, number=1, eligibility=eligibility)
    session.add(template)
    await session.flush()
    await _put_lines(session, template, given)
    return template


async def change_template(
    viewer: Viewer, session: WriteSession, template_id: UUID, given: TemplateContent, if_match: str | None
) -> ScorecardTemplate:
    """Write a template's next version; the one before stays readable, and who was given it keeps what they have. The same again is none.

    Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed, TemplateRetired, UnknownReference, TargetsDoNotFit.
    """
    template = await _locked(viewer, session, template_id)
    before = await content(session, template)
    changed = [name for name in TemplateContent.model_fields if getattr(before, name) != getattr(given, name)]
    _require_current(template, if_match, changed)
    if template.retired_on is not None:
        raise TemplateRetired(f"It was retired on {template.retired_on}. Create another under a new code.")
    if changed:
        await check_lines(session, given)
        session.add(_kept(session, template, before))
        template.name, template.role_code, template.number = given.name, given.role_code, template.number + 1
        template.eligibility = given.eligibility.model_dump(mode="json")
        await _put_lines(session, template, given)
        await events.record(session, "template.changed", "template", template.id, number=template.number, fields=sorted(changed))
    return template


async def retire_template(viewer: Viewer, session: WriteSession, template_id: UUID, if_match: str | None) -> ScorecardTemplate:
    """Give a template to nobody any more from today on; scorecards keep what they have. Again changes nothing.

    Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed.
    """
    template = await _locked(viewer, session, template_id)
    require_match(if_match, template)
    if template.retired_on is None:
        template.retired_on = session.today
        await session.flush()
        await events.record(session, "template.retired", "template", template.id)
    return template


async def _locked(viewer: Viewer, session: WriteSession, template_id: UUID) -> ScorecardTemplate:
    template = await queries.template(viewer, session, template_id)
    viewer.require("templates.write")
    await session.refresh(template, with_for_update=True)
    return template


def _require_current(template: ScorecardTemplate, if_match: str | None, differing: Sequence[str]) -> None:
    """Raises PreconditionRequired, PreconditionFailed saying in what the template now differs from what was sent."""
    try:
        require_match(if_match, template)
    except PreconditionFailed as failed:
        told = f"Version {template.number} stands there now and differs from yours in {', '.join(differing)}." if differing else (
            f"Version {template.number} says what you sent already.")  # fmt: skip
        raise PreconditionFailed(f"It was changed since you read it. {told} Read it again, then decide.", **failed.facts) from None


def _kept(session: WriteSession, template: ScorecardTemplate, said: TemplateContent) -> TemplateVersion:
    document = said.model_dump(mode="json")
    return TemplateVersion(template_id=template.id, number=template.number, content=document, replaced_at=session.now)


async def _put_lines(session: WriteSession, template: ScorecardTemplate, given: TemplateContent) -> None:
    await session.execute(delete(TemplateLine).where(TemplateLine.template_id == template.id))
    session.add_all(
        TemplateLine(template_id=template.id, position=position, **line.model_dump(mode="json"))
        for position, line in enumerate(given.lines, start=1)
    )
    await session.flush()


async def check_lines(session: WriteSession, given: TemplateContent) -> None:
    """Raises UnknownReference, TargetsDoNotFit."""
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
