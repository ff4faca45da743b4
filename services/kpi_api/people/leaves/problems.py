"""What can be wrong with a leave."""

from chassis.problems import Conflict


class OverlappingLeave(Conflict):
    """The person is on another leave on some of these days; `leave_id` names it."""

    code, title = "overlapping_leave", "Two leaves at the same time"
