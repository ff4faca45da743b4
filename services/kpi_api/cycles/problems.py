"""What can be wrong with cycles."""

from chassis.problems import Conflict, Invalid


class CycleNotOpen(Conflict):
    """The cycle is not open: it is planned still, closing or closed."""

    code, title = "cycle_not_open", "The cycle is not open"


class CycleTransition(Conflict):
    code, title = "cycle_transition", "The cycle cannot go there from where it is"


class CycleCodeTaken(Conflict):
    code, title = "duplicate_code", "The code is taken"


class CycleInvalid(Invalid):
    code, title = "cycle_invalid", "The cycle's dates make no sense"
