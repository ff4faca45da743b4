"""Writes to the dictionary: definitions and their versions as drafts; `approving` moves these on."""

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
from kpi_api.dictionary import comparing, queries
from kpi_api.dictionary.competencies.actions import require_known
from kpi_api.dictionary.formulas.checking import check_formulas
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.problems import (
    CodeTaken,
    DefinitionChanged,
    DefinitionMerged,
    EffectiveBeforePredecessor,
    UnknownReference,
)
from kpi_api.dictionary.schemas import DefinitionChange, NewDefinition, VersionInput
from kpi_api.dictionary.search.indexing import index_versions
from kpi_api.people import queries as people


async def create_definition(viewer: Viewer, session: WriteSession, given: NewDefinition) -> tuple[KpiDefinition, DefinitionVersion]:
    """A definition with its first version, a draft. Raises NotAllowed, CodeTaken, UnknownReference, InvalidFormula."""
    viewer.require("definitions.write")
    await refuse_taken(session, KpiDefinition, given.code)
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
    definition = await locked(viewer, session, definition_id)
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


async def locked(viewer: Viewer, session: WriteSession, definition_id: UUID) -> KpiDefinition:
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
    definition = await locked(viewer, session, definition_id)
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
    await require_known(session, given.competency_code)
    last = await session.scalar(select(func.max(DefinitionVersion.number)).where(DefinitionVersion.definition_id == definition.id))
    number = (last or 0) + 1
    await require_order(session, definition.id, number, given.effective_from)
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


async def require_order(session: WriteSession, definition_id: UUID, number: int, effective_from: date) -> None:
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
    # Shared lock: who renames the outcome at once waits, and then finds the version whose words it must index anew.
    found = await session.scalar(select(Outcome.id).where(Outcome.code == code).with_for_update(read=True))
    if found is None:
        raise UnknownReference(f"There is no outcome `{code}`.", field="/outcome_code")
    return found


async def refuse_taken(session: WriteSession, table: type[Any], code: str) -> None:
    """The unique constraint has the last word when two arrive at once; this gives the usual case its own words."""
    if await session.scalar(select(table.id).where(table.code == code)):
        raise CodeTaken(f"`{code}` is taken. Choose another code.", field="/code")
