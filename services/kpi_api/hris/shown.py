"""How a source looks to a viewer, and what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.verbs import verb_output
from kpi_api.hris import sources
from kpi_api.hris.models import HrisSource
from kpi_api.hris.schemas import SourceDetail, SourceOut


async def source_shown(viewer: Viewer, row: HrisSource) -> SourceDetail:
    """A source that the viewer was found to see, without its secret."""
    verbs = [
        await verb_output("rotate_secret", lambda: sources.require_rotatable(viewer, row)),
        await verb_output("disable", lambda: sources.require_disablable(viewer, row)),
    ]
    return SourceDetail(**SourceOut.model_validate(row).model_dump(), verbs=verbs)
