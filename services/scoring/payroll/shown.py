"""How a payroll batch looks to a viewer in short, and what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput, verb_output
from scoring.payroll import actions
from scoring.payroll.models import PayrollBatch
from scoring.payroll.schemas import ControlTotals, PayrollBatchDetail, PayrollBatchOut


def batch_short(row: PayrollBatch) -> PayrollBatchOut:
    """A batch without its lines."""
    facts = {name: getattr(row, name) for name in PayrollBatchOut.model_fields if name != "control_totals"}
    return PayrollBatchOut(**facts, control_totals=ControlTotals.model_validate(row.totals))


async def batch_shown(viewer: Viewer, session: ReadSession, row: PayrollBatch) -> PayrollBatchDetail:
    """A batch that the viewer was found to see, in short."""
    return PayrollBatchDetail(**batch_short(row).model_dump(), verbs=await verbs(viewer, session, row))


async def verbs(viewer: Viewer, session: ReadSession, row: PayrollBatch) -> list[VerbOutput]:
    """What the viewer may do with a batch now and, where not, why."""
    return [
        await verb_output("lock", lambda: actions.require_lockable(viewer, session, row)),
        await verb_output("discard", lambda: actions.require_discardable(viewer, row)),
        await verb_output("acknowledge", lambda: actions.require_answerable(viewer, row)),
    ]
