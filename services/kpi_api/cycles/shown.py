"""How a cycle looks to a viewer: with what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.verbs import VerbOutput, verb_output
from kpi_api.cycles import actions
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.schemas import CycleDetail, CycleOut


async def cycle_shown(viewer: Viewer, cycle: Cycle) -> CycleDetail:
    """A cycle, as everybody sees it."""
    return CycleDetail(**CycleOut.model_validate(cycle).model_dump(), verbs=await cycle_verbs(viewer, cycle))


async def cycle_verbs(viewer: Viewer, cycle: Cycle) -> list[VerbOutput]:
    """That it is closed again or corrected is a matter of its closing."""
    return [
        await verb_output("change", lambda: actions.require_changeable(viewer)),
        await verb_output("change_dates", lambda: actions.require_dates_changeable(viewer, cycle)),
        await verb_output("open", lambda: actions.require_openable(viewer, cycle)),
        await verb_output("close", lambda: actions.require_closable(viewer, cycle)),
    ]
