"""What can be wrong with a development goal or with what is done to it."""

from chassis.problems import Conflict, Invalid, NotAllowed, PreconditionFailed


class GoalStands(Conflict):
    """The step does not fit the present status, which `present` tells."""

    code, title = "wrong_status", "Not possible in this status"


class NotYourTurn(NotAllowed):
    code, title = "not_your_turn", "Not your turn"


class GoalChanged(PreconditionFailed):
    """Somebody changed it since it was read; the message says how it stands now. The code stays that of every changed state."""


class GoalRefused(Invalid):
    """The goal cannot be so; codes: unknown_person, person_left, unknown_step, step_twice, unknown_kpi, not_a_development_kpi,
    not_measured_by_steps, measured_already, due_before_step, done_ahead."""

    code, title = "development_goal_refused", "The development goal cannot be so"


class ValueRefused(Conflict):
    """The KPI does not take the share of steps done, for the reason told."""

    code, title = "value_refused", "The KPI does not take the value"
