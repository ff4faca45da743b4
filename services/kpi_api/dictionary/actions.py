"""Writes to the dictionary: definitions and their versions, outcomes, templates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.dates import add_months
from chassis.etags import require_match
from chassis.problems import NotAllowed, PreconditionFailed
from kpi_api.dictionary import comparing, queries, uses
from kpi_api.dictionary.formulas.checking import check_formulas
from kpi_api.dictionary.formulas.trials import require_tried
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.problems import (
    ApprovedByAnother,
    CodeTaken,
    DefinitionChanged,
    DefinitionMerged,
    EffectiveBeforePredecessor,
    TargetsDoNotFit,
    UnknownReference,
    WrongStatus,
)
from kpi_api.dictionary.schemas import DefinitionChange, NewDefinition, OutcomeInput, Part, VersionInput
from kpi_api.dictionary.search.indexing import index_versions
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.template_schemas import TemplateInput
from kpi_api.people import queries as people


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
    definition = KpiDefinition(
        code=given.code,
        owner_id=given.owner_id or viewer.person_id,
        steward_id=given.steward_id,
        origin="organization",
        review_every_months=given.review_every_months,
        review_due_on=next_review(session.today, given.review_every_months),
    )
    session.add(definition)
    await session.flush()
    return definition, await _add_version(viewer, session, definition, given.version)


async def change_definition(
    viewer: Viewer, session: WriteSession, definition_id: UUID, given: DefinitionChange, if_match: str | None
) -> KpiDefinition:
    """Who answers for a definition, and when it is looked at anew: by its owner or HR.

    Raises NotFound, NotAllowed, PreconditionRequired, DefinitionChanged, UnknownReference.
    """
    definition = await _locked(viewer, session, definition_id)
    require_answering(viewer, definition)
    await require_current(viewer, session, definition, if_match)
    change = given.model_dump(exclude_unset=True)
    for name in {"owner_id", "steward_id"} & change.keys():
        await _require_person(viewer, session, change[name], f"/{name}")
    if "review_every_months" in change and "review_due_on" not in change:
        change["review_due_on"] = next_review(session.today, change["review_every_months"])
    for name, value in change.items():
        setattr(definition, name, value)
    await session.flush()
    await events.record(session, "definition.changed", "definition", definition_id, fields=sorted(change))
    return definition


def next_review(day: date, months: int | None) -> date | None:
    """The day of the next review, whole months after `day`; null where none is wanted."""
    return None if months is None else add_months(day, months)


def require_answering(viewer: Viewer, definition: KpiDefinition) -> None:
    """Raises NotAllowed unless the viewer answers for the definition or is HR."""
    if not viewer.may("definitions.write_any") and (viewer.person_id is None or viewer.person_id != definition.owner_id):
        raise NotAllowed("The definition's owner or HR does this.")


async def _require_person(viewer: Viewer, session: WriteSession, person_id: UUID | None, field: str) -> None:
    """Who may be named: somebody active in sight."""
    if person_id is not None and not (await people.person(viewer, session, person_id)).active:
        raise UnknownReference("They have left. Name somebody who is here.", field=field)


async def _locked(viewer: Viewer, session: WriteSession, definition_id: UUID) -> KpiDefinition:
    """The definition, whose row is the queue: what is written or approved at once gets an order."""
    await queries.definition(viewer, session, definition_id)
    row = select(KpiDefinition).where(KpiDefinition.id == definition_id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(row)).one()


async def require_current(viewer: Viewer, session: WriteSession, definition: KpiDefinition, if_match: str | None) -> None:
    """Raises PreconditionRequired, DefinitionChanged with what was changed since the state that the caller has read."""
    try:
        require_match(if_match, definition)
    except PreconditionFailed as failed:
        changes = await comparing.changes_since(viewer, session, definition, if_match or "")
        detail = f"It was changed since you read it. {' '.join(changes)} Read it again, then decide."
        raise DefinitionChanged(detail, changes=changes, **failed.facts) from None


async def add_version(
    viewer: Viewer, session: WriteSession, definition_id: UUID, given: VersionInput, if_match: str | None = None
) -> DefinitionVersion:
    """A new draft version of a definition. Its owner or HR may write it; with If-Match only if nobody wrote meanwhile.

    Raises NotFound, NotAllowed, DefinitionChanged, DefinitionMerged, UnknownReference, InvalidFormula, EffectiveBeforePredecessor.
    """
    definition = await _locked(viewer, session, definition_id)
    require_answering(viewer, definition)
    if if_match is not None:
        await require_current(viewer, session, definition, if_match)
    return await _add_version(viewer, session, definition, given)


async def require_unmerged(session: ReadSession, definition: KpiDefinition) -> None:
    """Raises DefinitionMerged, naming the definition it was merged into."""
    if definition.merged_into_id is not None:
        survivor = await session.scalar(select(KpiDefinition.code).where(KpiDefinition.id == definition.merged_into_id))
        raise DefinitionMerged(f"`{definition.code}` was merged into `{survivor}`. Use that one.", merged_into=survivor)


async def _add_version(viewer: Viewer, session: WriteSession, definition: KpiDefinition, given: VersionInput) -> DefinitionVersion:
    await require_unmerged(session, definition)
    check_formulas(given)
    last = await session.scalar(select(func.max(DefinitionVersion.number)).where(DefinitionVersion.definition_id == definition.id))
    number = (last or 0) + 1
    await _require_order(session, definition.id, number, given.effective_from)
    if last:
        flag_modified(definition, "code")  # a new version is a new state of the definition, for whoever else is editing it
        await session.flush()
    version = DefinitionVersion(
        **given.model_dump(exclude={"parts", "outcome_code"}),
        definition_id=definition.id,
        number=number,
        definition_state=definition.version,
        status="draft",
        parts=[part.model_dump() for part in given.all_parts()],
        outcome_id=await _outcome_id(session, given.outcome_code),
        author_id=viewer.person_id,
    )
    session.add(version)
    await session.flush()
    await index_versions(session, [version.id])
    return version


async def _require_order(session: WriteSession, definition_id: UUID, number: int, effective_from: date) -> None:
    """Of two approved versions the later one takes effect later. Raises EffectiveBeforePredecessor."""
    decided = select(DefinitionVersion.number, DefinitionVersion.effective_from).where(
        DefinitionVersion.definition_id == definition_id, DefinitionVersion.status.in_(queries.DECIDED)
    )
    for other, day in await session.execute(decided.order_by(DefinitionVersion.number.desc())):
        if (other < number and day >= effective_from) or (other > number and day <= effective_from):
            order = "later" if other < number else "earlier"
            detail = f"Version {other} takes effect on {day}, so version {number} must take effect {order} than that."
            raise EffectiveBeforePredecessor(detail, field="/effective_from")


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
    """Approve a proposed version; the author cannot.

    Raises NotFound, WrongStatus, NotAllowed, ApprovedByAnother, EffectiveBeforePredecessor, DefinitionMerged, NotTried.
    """
    viewer.require("definitions.approve")
    await require_unmerged(session, await _locked(viewer, session, definition_id))
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    approver_id = require_approvable(viewer, version)
    await require_tried(viewer, session, version)
    version.approver_id, version.approved_at = approver_id, session.now
    await _require_order(session, definition_id, number, version.effective_from)
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
    """No new KPI uses the version from `from_day` on; refused while something uses it then.

    Raises NotFound, WrongStatus, NotAllowed, InUse.
    """
    viewer.require("definitions.retire")
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_retirable(viewer, version)
    await uses.require_unused(viewer, session, version, from_day)
    version.retired_from = from_day
    await _move(session, version, "retired")
    await events.record(session, "definition.retired", "definition", definition_id, number=number, from_day=str(from_day))
    return version


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
