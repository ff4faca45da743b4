"""What can be wrong with plans and their assignment, beyond what the plan language itself finds."""

from chassis.problems import Conflict, Invalid, NotAllowed


class UnreadablePlan(Invalid):
    """The text is not a document in the strict YAML subset."""

    code, title = "plan_unreadable", "The plan cannot be read"


class PlanExists(Conflict):
    code, title = "plan_exists", "The plan exists"


class OwnPlan(NotAllowed):
    """An author approves their own text."""

    code, title = "own_plan", "Somebody else must approve it"


class PlanApproved(Conflict):
    code, title = "plan_approved", "The plan version is approved already"


class PlanNotApproved(Conflict):
    code, title = "plan_not_approved", "The plan version is not approved"


class UnknownPopulation(Invalid):
    code, title = "unknown_population", "Nobody is in this population"


class TwoPlans(Conflict):
    """Somebody would have two plans on a day."""

    code, title = "two_plans", "Somebody would have two plans on a day"
