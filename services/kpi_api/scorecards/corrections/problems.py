"""What can be wrong with a correction."""

from chassis.problems import Conflict, Invalid


class CorrectionRefused(Invalid):
    code, title = "correction_refused", "This cannot be corrected"


class ObjectionsClosed(Conflict):
    """The day is over, or the correction is decided for this scorecard."""

    code, title = "objections_closed", "There is nothing to object to any more"


class CorrectionOver(Conflict):
    code, title = "correction_over", "The correction is over"
