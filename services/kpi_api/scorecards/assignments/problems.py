"""What can be wrong with an assignment as a whole; what is wrong with one person stands in their result."""

from chassis.problems import Conflict, Invalid


class AssignmentRefused(Invalid):
    """Nothing was begun; `errors` names each field or row."""

    code, title = "assignment_refused", "The template cannot be assigned"


class StillRunning(Conflict):
    code, title = "assignment_running", "The assignment is still worked on"
