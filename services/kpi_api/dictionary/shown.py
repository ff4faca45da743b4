"""How definitions look to a viewer: in a list, and one with what they may do with its version now or why not."""

from typing import Any

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import verb_output
from kpi_api.dictionary import approving
from kpi_api.dictionary.formulas import trials
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.schemas import DefinitionDetail, DefinitionOutput, VersionDetail, VersionOutput

FACTS = ("id", "code", "owner_id", "steward_id", "review_every_months", "review_due_on", "origin", "merged_into_id")


def definition_listed(definition: KpiDefinition, version: DefinitionVersion | None) -> DefinitionOutput:
    """A definition in a list, with the version that the viewer was found to see."""
    return DefinitionOutput(**_facts(definition), version=VersionOutput.model_validate(version) if version else None)


async def definition_shown(
    viewer: Viewer, session: ReadSession, definition: KpiDefinition, version: DefinitionVersion | None
) -> DefinitionDetail:
    """A definition with the version that the viewer was found to see."""
    return DefinitionDetail(**_facts(definition), version=await version_shown(viewer, session, version) if version else None)


async def version_shown(viewer: Viewer, session: ReadSession, version: DefinitionVersion) -> VersionDetail:
    """A version that the viewer was found to see."""

    async def require_approvable() -> None:
        approving.require_approvable(viewer, version)
        await trials.require_tried(viewer, session, version)

    verbs = [
        await verb_output("try", lambda: trials.require_triable(viewer, version)),
        await verb_output("propose", lambda: approving.require_proposable(viewer, version)),
        await verb_output("send_back", lambda: approving.require_returnable(viewer, version)),
        await verb_output("approve", require_approvable),
        await verb_output("retire", lambda: approving.require_retirable(viewer, version)),
    ]
    return VersionDetail(**VersionOutput.model_validate(version).model_dump(), verbs=verbs)


def _facts(definition: KpiDefinition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in FACTS}
