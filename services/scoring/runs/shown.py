"""How a run looks to a viewer: with its approvals, and what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput, verb_output
from scoring.runs import actions
from scoring.runs.approving import approvals, approvals_needed, require_approvable
from scoring.runs.models import Run
from scoring.runs.schemas import ApprovalOut, RunDetail, RunOut


async def run_shown(viewer: Viewer, session: ReadSession, run: Run) -> RunDetail:
    """A run that the viewer was found to see."""
    return RunDetail(
        **run_listed(viewer, run).model_dump(),
        approvals=[ApprovalOut.model_validate(row) for row in await approvals(session, run)],
        approvals_needed=await approvals_needed(session, run) if viewer.sees_all("run_line") else None,
        verbs=await verbs(viewer, session, run),
    )


def run_listed(viewer: Viewer, run: Run) -> RunOut:
    """A run that the viewer was found to see. What it pays, even in all, is told only to who sees its lines: a run may be of one person."""
    shown = RunOut.model_validate(run)
    if shown.totals and not viewer.sees_all("run_line"):
        shown.totals = shown.totals.model_copy(update={"amounts": None, "zero_count": None})
        shown.input_digest = None  # made of pay, which could be guessed until the digest fits
    return shown


async def verbs(viewer: Viewer, session: ReadSession, run: Run) -> list[VerbOutput]:
    """What the viewer may do with a run now and, where not, why. A release also looks for sums released since."""
    return [
        await verb_output("compute", lambda: actions.require_computable(viewer, run)),
        await verb_output("approve", lambda: require_approvable(viewer, session, run)),
        await verb_output("release", lambda: actions.require_releasable(viewer, run)),
        await verb_output("supersede", lambda: actions.require_supersedable(viewer, run)),
    ]
