"""What can be wrong with calendars and sprints."""

from chassis.problems import Conflict, Invalid


class CalendarInvalid(Invalid):
    code, title = "calendar_invalid", "The calendar makes no sense"


class SprintsOverlap(Conflict):
    """Two sprints of one calendar would hold the same day; `errors` names both."""

    code, title = "sprints_overlap", "Two sprints overlap"


class SprintBegun(Conflict):
    code, title = "sprint_begun", "The sprint has begun"
