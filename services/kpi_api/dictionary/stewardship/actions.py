"""Writes of stewardship: record business changes, complete reviews, hand on what somebody answered for."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.actions import next_review, require_answering
from kpi_api.dictionary.models import KpiDefinition, Outcome
from kpi_api.dictionary.problems import UnknownReference, WrongStatus
from kpi_api.dictionary.stewardship import queries
from kpi_api.dictionary.stewardship.models import BusinessChange, DefinitionReview
from kpi_api.dictionary.stewardship.schemas import BusinessChangeInput, Completion, Reassigned, Reassignment, ReviewReason
from kpi_api.people import queries as people


async def record_business_change(viewer: Viewer, session: WriteSession, given: BusinessChangeInput) -> tuple[BusinessChange, list[UUID]]:
    """A business change, and a review of each definition it touches, due when it takes effect. Raises NotAllowed, UnknownReference."""
    viewer.require("business_changes.write")
    touched = await _touched(session, given)
    facts = given.model_dump(exclude={"definition_codes", "outcome_areas"})
    change = BusinessChange(id=new_id(), **facts, recorded_by=viewer.subject, recorded_at=session.now)
    session.add(change)
    await session.flush()
    due_on = max(given.effective_on, session.today)
    await open_reviews(session, touched, "business_change", due_on, business_change_id=change.id)
    named = [str(id_) for id_ in touched]
    await events.record(session, "business_change.recorded", "business_change", change.id, kind=change.kind, definition_ids=named)
    return change, touched


async def _touched(session: WriteSession, given: BusinessChangeInput) -> list[UUID]:
    named = await dictionary.ids_by_code(session, KpiDefinition, given.definition_codes)
    for n, code in enumerate(given.definition_codes):
        if code not in named:
            raise UnknownReference(f"There is no definition `{code}`.", field=f"/definition_codes/{n}")
    outcomes = dict((await session.execute(select(Outcome.id, Outcome.area).where(Outcome.area.in_(given.outcome_areas)))).all())
    for n, area in enumerate(given.outcome_areas):
        if area not in outcomes.values():
            raise UnknownReference(f"No outcome lies in the area `{area}`.", field=f"/outcome_areas/{n}")
    every = (await session.scalars(select(KpiDefinition.id))).all() if outcomes else []
    in_force = await dictionary.versions_in_force(session, every, session.today)
    return sorted({*named.values(), *(id_ for id_, version in in_force.items() if version.outcome_id in outcomes)})


async def open_reviews(
    session: WriteSession, definition_ids: Collection[UUID], reason: ReviewReason, due_on: date, *, business_change_id: UUID | None = None
) -> Sequence[UUID]:
    """Open a review of each definition that has none open for this reason; ids of the new ones."""
    facts = {"organization_id": session.organization_id, "reason": reason, "business_change_id": business_change_id, "note": ""}
    dates = {"opened_on": session.today, "due_on": due_on}
    rows: list[dict[str, Any]] = [{"id": new_id(), "definition_id": id_, **facts, **dates} for id_ in sorted(definition_ids)]
    if not rows:
        return []
    statement = insert(DefinitionReview).values(rows).on_conflict_do_nothing()
    opened = (await session.execute(statement.returning(DefinitionReview.id, DefinitionReview.definition_id))).all()
    for review_id, definition_id in sorted(opened, key=lambda row: row.definition_id):
        told = {"definition_id": str(definition_id), "reason": reason, "due_on": str(due_on)}
        await events.record(session, "definition_review.opened", "definition_review", review_id, **told)
    return [review_id for review_id, _ in opened]


async def complete(viewer: Viewer, session: WriteSession, review_id: UUID, given: Completion) -> DefinitionReview:
    """Say what came of a review; the next one is due an interval later. By the definition's owner or HR.

    Raises NotFound, NotAllowed, WrongStatus.
    """
    review = await queries.review(viewer, session, review_id, lock=True)
    definition = await dictionary.definition(viewer, session, review.definition_id)
    require_completable(viewer, review, definition)
    review.outcome, review.note = given.outcome, given.note
    review.completed_by, review.completed_at = viewer.subject, session.now
    if definition.review_every_months is not None:
        definition.review_due_on = next_review(session.today, definition.review_every_months)
    await session.flush()
    await events.record(session, "definition_review.completed", "definition_review", review_id, outcome=given.outcome)
    return review


def require_completable(viewer: Viewer, review: DefinitionReview, definition: Any) -> None:
    """`definition` has an `owner_id`. Raises NotAllowed, WrongStatus."""
    require_answering(viewer, definition)
    if review.outcome is not None:
        raise WrongStatus(f"It was completed already: {review.outcome.replace('_', ' ')}.")


async def reassign(viewer: Viewer, session: WriteSession, given: Reassignment) -> Reassigned:
    """Everything that one person answers for passes to another, by HR. Raises NotAllowed, NotFound, UnknownReference."""
    viewer.require("definitions.write_any")
    await people.person(viewer, session, given.from_person_id)
    if not (await people.person(viewer, session, given.to_person_id)).active:
        raise UnknownReference("They have left. Name somebody who is here.", field="/to_person_id")
    owned, stewarded = await hand_on(session, given.from_person_id, given.to_person_id)
    return Reassigned(owned=len(owned), stewarded=len(stewarded))


async def hand_on(session: WriteSession, from_id: UUID, to_id: UUID) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """Definitions that one owned, and those whose source of truth they answered for, are another's now."""
    owned, stewarded = [
        (
            await session.scalars(
                update(KpiDefinition)
                .where(KpiDefinition.organization_id == session.organization_id, column == from_id)
                .values({column: to_id, KpiDefinition.version: KpiDefinition.version + 1})
                .returning(KpiDefinition.id)
                .execution_options(synchronize_session=False)
            )
        ).all()
        for column in (KpiDefinition.owner_id, KpiDefinition.steward_id)
    ]
    for id_ in sorted({*owned, *stewarded}):
        fields = [name for name, ids in (("owner_id", owned), ("steward_id", stewarded)) if id_ in ids]
        await events.record(session, "definition.changed", "definition", id_, fields=fields)
    return owned, stewarded
