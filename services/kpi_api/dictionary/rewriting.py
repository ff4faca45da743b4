"""A version as it would be written again, with some of it changed: where renaming and imported documents begin."""

from typing import Any

from chassis.database import ReadSession
from kpi_api.dictionary.models import DefinitionVersion, Outcome
from kpi_api.dictionary.schemas import VersionInput, VersionOutput

NOT_WRITTEN = {
    "id", "definition_id", "number", "status", "outcome_id", "author_id", "approver_id", "approved_at", "retired_from",
    "sent_back",
}  # fmt: skip
"""What a version has that its author does not write."""


async def written_again(session: ReadSession, version: DefinitionVersion, **changes: Any) -> VersionInput:
    """What its author wrote, but for `changes`."""
    outcome = await session.get(Outcome, (version.organization_id, version.outcome_id)) if version.outcome_id else None
    return input_of(VersionOutput.model_validate(version), outcome.code if outcome else None, **changes)


def input_of(version: VersionOutput, outcome_code: str | None, **changes: Any) -> VersionInput:
    """The same, of an outcome known by its code. A single part that says what the version says is left out, to follow it."""
    facts = version.model_dump(exclude=NOT_WRITTEN)
    single = {"code": "main", "name": version.name, "unit": version.unit, "direction": version.direction}
    if facts["parts"] == [single]:
        facts["parts"] = []
    return VersionInput.model_validate({**facts, "outcome_code": outcome_code, **changes})
