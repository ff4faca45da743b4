"""How definitions that look alike are shown to a viewer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput, verb_output
from kpi_api.dictionary.actions import require_answering
from kpi_api.dictionary.duplicates import actions
from kpi_api.dictionary.duplicates.likeness import Described, Likeness, Why
from kpi_api.dictionary.duplicates.queries import Duplicate
from kpi_api.dictionary.duplicates.schemas import DescribedOutput, DuplicateOutput, Statement
from kpi_api.dictionary.models import KpiDefinition

SAYINGS: dict[Why, str] = {
    "same_name": "have one name",
    "similar_name": "have nearly one name",
    "same_formula": "are computed alike from one source",
}


async def duplicates_shown(viewer: Viewer, session: ReadSession, found: Sequence[Duplicate]) -> list[DuplicateOutput]:
    """Each pair with its reasons in words and what the viewer may do about it."""
    ids = {one.definition_id for duplicate in found for one in (duplicate.likeness.first, duplicate.likeness.second)}
    rows = {row.id: row for row in await session.scalars(select(KpiDefinition).where(KpiDefinition.id.in_(ids)))}
    return [await _shown(viewer, duplicate, rows) for duplicate in found]


async def _shown(viewer: Viewer, duplicate: Duplicate, rows: dict[UUID, KpiDefinition]) -> DuplicateOutput:
    pair, stated = duplicate.likeness, duplicate.stated
    said = Statement(note=stated.note, stated_by=stated.stated_by, stated_at=stated.stated_at) if stated else None
    return DuplicateOutput(
        definition=_described(pair.first),
        other=_described(pair.second),
        why=list(pair.why),
        similarity=pair.similarity,
        sentence=sentence(pair),
        statement=said,
        verbs=await _verbs(viewer, rows[pair.first.definition_id], rows[pair.second.definition_id]),
    )


def sentence(pair: Likeness) -> str:
    """Why the two look alike, in words."""
    return f"“{pair.first.name}” and “{pair.second.name}” {' and '.join(SAYINGS[why] for why in pair.why)}."


def _described(one: Described) -> DescribedOutput:
    return DescribedOutput(id=one.definition_id, code=one.code, name=one.name, number=one.number)


async def _verbs(viewer: Viewer, first: KpiDefinition, second: KpiDefinition) -> list[VerbOutput]:
    return [
        await verb_output("merge", lambda: actions.require_mergeable(viewer, first, second)),
        await verb_output("rename", lambda: require_answering(viewer, first)),
        await verb_output("stated_difference", lambda: actions.require_knowing(viewer, first, second)),
    ]
