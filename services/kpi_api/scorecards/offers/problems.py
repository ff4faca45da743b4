"""What can be wrong with taking what a template offers."""

from chassis.problems import Conflict, Invalid


class NothingOffered(Conflict):
    code, title = "nothing_offered", "The template offers nothing"


class DayAndReasonNeeded(Invalid):
    """An agreed scorecard changes from a day on, and both sides are told why."""

    code, title = "day_and_reason_needed", "Say from which day on, and why"
