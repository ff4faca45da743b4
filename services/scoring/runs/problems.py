"""What can be wrong with a run."""

from chassis.problems import Conflict, NotAllowed


class WrongState(Conflict):
    code, title = "run_state", "Not in this state of the run"


class RunDiffers(Conflict):
    """The id belongs to a run with other facts."""

    code, title = "run_differs", "Another run has this id"


class SnapshotFixed(Conflict):
    """Another snapshot for a run that has been computed."""

    code, title = "snapshot_fixed", "The snapshot is fixed"


class OwnRun(NotAllowed):
    """Whoever had the run computed approves it."""

    code, title = "own_run", "Somebody else must approve it"


class OwnPay(NotAllowed):
    """The approver is paid by the run."""

    code, title = "own_pay", "Nobody approves their own pay"


class ApprovedAlready(Conflict):
    """The viewer has approved, and another approval is due."""

    code, title = "approved_already", "A second person must approve it"


class ReportsToApprover(NotAllowed):
    """The second approver stands below the first."""

    code, title = "reports_to_approver", "The second approver reports to the first"


class FailedLines(Conflict):
    """Some lines could not be computed, and the approver has not said that they know."""

    code, title = "failed_lines", "Some lines could not be computed"


class StaleRun(Conflict):
    """Something was released for the same scorecards after this run was computed."""

    code, title = "stale_run", "Computed before something else was released"


class NotReplayable(Conflict):
    code, title = "not_replayable", "The run cannot be replayed"
