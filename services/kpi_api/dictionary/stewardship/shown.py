"""How business changes and reviews of definitions look to a viewer."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import verb_output
from kpi_api.dictionary.stewardship import actions, queries
from kpi_api.dictionary.stewardship.models import BusinessChange, DefinitionReview
from kpi_api.dictionary.stewardship.schemas import BusinessChangeOutput, ReviewOutput


def change_shown(change: BusinessChange, touched: list[UUID]) -> BusinessChangeOutput:
    """A business change with the definitions that it touches."""
    names = ("id", "kind", "name", "description", "effective_on", "recorded_at")
    return BusinessChangeOutput(**{name: getattr(change, name) for name in names}, definition_ids=touched)


async def reviews_shown(viewer: Viewer, session: ReadSession, rows: Iterable[DefinitionReview]) -> Sequence[ReviewOutput]:
    """Reviews in their order, each with what the viewer may do with it."""
    listed = list(rows)
    owners = await queries.owners(session, {row.definition_id for row in listed})
    return [await _review_shown(viewer, row, owners[row.definition_id]) for row in listed]


async def _review_shown(viewer: Viewer, review: DefinitionReview, definition: Any) -> ReviewOutput:
    names = ("id", "definition_id", "reason", "business_change_id", "opened_on", "due_on", "outcome", "note", "completed_at")
    verbs = [await verb_output("complete", lambda: actions.require_completable(viewer, review, definition))]
    facts = {name: getattr(review, name) for name in names}
    return ReviewOutput(**facts, definition_code=definition.code, owner_id=definition.owner_id, verbs=verbs)
