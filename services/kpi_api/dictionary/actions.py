"""Writes to the dictionary: definitions and their versions, outcomes, templates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import NotAllowed
from kpi_api.dictionary import queries
from kpi_api.dictionary.formulas import check_formulas
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.problems import ApprovedByAnother, CodeTaken, TargetsDoNotFit, UnknownReference, WrongStatus
from kpi_api.dictionary.schemas import NewDefinition, OutcomeInput, Part, VersionInput
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.template_schemas import TemplateInput


async def create_outcome(viewer: Viewer, session: WriteSession, given: OutcomeInput) -> Outcome:
    """Raises NotAllowed, CodeTaken."""
    viewer.require("definitions.write")
    await _refuse_taken(session, Outcome, given.code)
    outcome = Outcome(**given.model_dump())
    session.add(outcome)
    await session.flush()
    return outcome


async def create_definition(viewer: Viewer, session: WriteSession, given: NewDefinition) -> tuple[KpiDefinition, DefinitionVersion]:
    """A definition with its first version, a draft. Raises NotAllowed, CodeTaken, UnknownReference, InvalidFormula."""
    viewer.require("definitions.write")
    await _refuse_taken(session, KpiDefinition, given.code)
    definition = KpiDefinition(code=given.code, owner_id=given.owner_id or viewer.person_id, origin="organization")
    session.add(definition)
    await session.flush()
    return definition, await _add_version(viewer, session, definition, given.version)


async def add_version(viewer: Viewer, session: WriteSession, definition_id: UUID, given: VersionInput) -> DefinitionVersion:
    """A new draft version of a definition. Its owner or HR may write it. Raises NotFound, NotAllowed, UnknownReference, InvalidFormula."""
    definition = await queries.definition(viewer, session, definition_id)
    if not viewer.may("definitions.write_any") and (viewer.person_id is None or viewer.person_id != definition.owner_id):
        raise NotAllowed("The definition's owner or HR writes new versions.")
    return await _add_version(viewer, session, definition, given)


async def _add_version(viewer: Viewer, session: WriteSession, definition: KpiDefinition, given: VersionInput) -> DefinitionVersion:
    check_formulas(given)
    # The definition's row is the queue: two versions written at once get different numbers.
    await session.execute(select(KpiDefinition.id).where(KpiDefinition.id == definition.id).with_for_update())
    last = await session.scalar(select(func.max(DefinitionVersion.number)).where(DefinitionVersion.definition_id == definition.id))
    version = DefinitionVersion(
        **given.model_dump(exclude={"parts", "outcome_code"}),
        definition_id=definition.id,
        number=(last or 0) + 1,
        status="draft",
        parts=[part.model_dump() for part in given.all_parts()],
        outcome_id=await _outcome_id(session, given.outcome_code),
        author_id=viewer.person_id,
    )
    session.add(version)
    await session.flush()
    return version


async def _outcome_id(session: WriteSession, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = await session.scalar(select(Outcome.id).where(Outcome.code == code))
    if found is None:
        raise UnknownReference(f"There is no outcome `{code}`.", field="/outcome_code")
    return found


async def propose(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int) -> DefinitionVersion:
    """Ask for a draft's approval. Raises NotFound, WrongStatus, NotAllowed."""
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_proposable(viewer, version)
    return await _move(session, version, "proposed")


def require_proposable(viewer: Viewer, version: DefinitionVersion) -> None:
    """Raises NotAllowed, WrongStatus."""
    if not viewer.may("definitions.write_any") and (viewer.person_id is None or viewer.person_id != version.author_id):
        raise NotAllowed("The author or HR proposes a version.")
    _require_next(version, "draft", "proposed")


async def approve(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int) -> DefinitionVersion:
    """Approve a proposed version; the author cannot. Raises NotFound, WrongStatus, NotAllowed, ApprovedByAnother."""
    viewer.require("definitions.approve")
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    version.approver_id, version.approved_at = require_approvable(viewer, version), session.now
    await _move(session, version, "approved")
    await events.record(session, "definition.approved", "definition", definition_id, number=number)
    return version


def require_approvable(viewer: Viewer, version: DefinitionVersion) -> UUID:
    """The approver, who did not write the version. Raises NotAllowed, ApprovedByAnother, WrongStatus."""
    viewer.require("definitions.approve")
    approver_id = viewer.require_person()
    if approver_id == version.author_id:
        raise ApprovedByAnother("You wrote this version, so somebody else must approve it.")
    _require_next(version, "proposed", "approved")
    return approver_id


async def retire(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int, from_day: date) -> DefinitionVersion:
    """No new KPI uses the version from `from_day` on; KPIs that have it keep it. Raises NotFound, WrongStatus, NotAllowed."""
    viewer.require("definitions.retire")
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_retirable(viewer, version)
    version.retired_from = from_day
    return await _move(session, version, "retired")


def require_retirable(viewer: Viewer, version: DefinitionVersion) -> None:
    """Raises NotAllowed, WrongStatus."""
    viewer.require("definitions.retire")
    _require_next(version, "approved", "retired")


def _require_next(version: DefinitionVersion, origin: str, status: str) -> None:
    if version.status != origin:
        raise WrongStatus(f"The version is {version.status}; only one that is {origin} can become {status}.")


async def _move(session: WriteSession, version: DefinitionVersion, status: str) -> DefinitionVersion:
    version.status = status
    await session.flush()
    return version


async def create_template(viewer: Viewer, session: WriteSession, given: TemplateInput) -> ScorecardTemplate:
    """A template with its lines, each target checked against its definition.

    Raises NotAllowed, CodeTaken, UnknownReference, TargetsDoNotFit.
    """
    viewer.require("templates.write")
    await _refuse_taken(session, ScorecardTemplate, given.code)
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


async def _refuse_taken(session: WriteSession, table: type[Any], code: str) -> None:
    """The unique constraint has the last word when two arrive at once; this gives the usual case its own words."""
    if await session.scalar(select(table.id).where(table.code == code)):
        raise CodeTaken(f"`{code}` is taken. Choose another code.", field="/code")
