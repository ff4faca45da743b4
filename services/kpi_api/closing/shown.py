"""How a closing looks to a viewer: with what was left out, and what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import verb_output
from kpi_api.closing import actions, queries
from kpi_api.closing.models import Closing
from kpi_api.closing.schemas import ClosingDetail, ClosingOutput


async def closing_shown(viewer: Viewer, session: ReadSession, closing: Closing) -> ClosingDetail:
    """A closing that the viewer was found to see."""
    count, listed = await queries.left_out(viewer, session, closing.cycle_id)
    verbs = [
        await verb_output("close_again", lambda: actions.require_closable_again(viewer, closing)),
        await verb_output("correct", lambda: actions.require_correctable(viewer, closing)),
    ]
    return ClosingDetail(**ClosingOutput.model_validate(closing).model_dump(), not_agreed_count=count, not_agreed=listed, verbs=verbs)
