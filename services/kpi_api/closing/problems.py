"""What can be wrong with closing a cycle."""

from chassis.problems import Conflict


class ClosingStands(Conflict):
    code, title = "closing_stands", "The closing stands"


class NotReleased(Conflict):
    code, title = "run_not_released", "The cycle's run was not released"
