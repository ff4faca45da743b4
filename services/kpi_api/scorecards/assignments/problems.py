"""What can be wrong with an assignment as a whole; what is wrong with one person stands in their result."""

from chassis.problems import Conflict, Invalid


class AssignmentRefused(Invalid):
    """Nothing was begun; `errors` names each field or row."""

    code, title = "assignment_refused", "The assignment cannot begin"


class StillRunning(Conflict):
    code, title = "assignment_running", "The assignment is still worked on"


class PreviewOnly(Conflict):
    code, title = "assignment_preview", "It was only a preview"
