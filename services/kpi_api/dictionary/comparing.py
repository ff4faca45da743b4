"""Reads that compare versions of a definition."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.dictionary import queries
from kpi_api.dictionary.differences import differences
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.schemas import DifferenceOutput, VersionOutput


async def difference(viewer: Viewer, session: ReadSession, definition_id: UUID, from_number: int, to_number: int) -> DifferenceOutput:
    """What changed between two versions in sight. Raises NotFound."""
    before, after = [await queries.version(viewer, session, definition_id, number) for number in (from_number, to_number)]
    return await _compared(session, before, after)


async def _compared(session: ReadSession, before: DefinitionVersion, after: DefinitionVersion) -> DifferenceOutput:
    names = await outcome_names(session, {version.outcome_id for version in (before, after) if version.outcome_id})
    found = differences(VersionOutput.model_validate(before), VersionOutput.model_validate(after), names)
    return DifferenceOutput(from_number=before.number, to_number=after.number, note=after.note, differences=found)


async def outcome_names(session: ReadSession, outcome_ids: Collection[UUID]) -> dict[UUID, str]:
    found = await session.execute(select(Outcome.id, Outcome.name).where(Outcome.id.in_(outcome_ids)))
    return dict(found.all())


async def changes_since(viewer: Viewer, session: ReadSession, definition: KpiDefinition, if_match: str) -> list[str]:
    """What was changed since the state that an ETag names, as sentences; of versions that the viewer sees."""
    state = if_match.strip().strip('"')
    versions = sorted(await queries.versions(viewer, session, definition.id), key=lambda version: version.number)
    since = [version for version in versions if state.isdigit() and (version.definition_state or 0) > int(state)]
    told = [await _told(session, versions, version) for version in since]
    return told or ["Who answers for it, or when it is looked at anew, is different now."]


async def _told(session: ReadSession, versions: Sequence[DefinitionVersion], version: DefinitionVersion) -> str:
    earlier = [other for other in versions if other.number < version.number]
    if not earlier:
        return f"Version {version.number} was written."
    found = (await _compared(session, earlier[-1], version)).differences
    sentences = " ".join(one.sentence for one in found) or "It says the same as the one before."
    return f"Version {version.number} was written: {sentences}"
