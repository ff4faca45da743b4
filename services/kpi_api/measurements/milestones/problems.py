"""What can be wrong with recording a milestone."""

from chassis.problems import Conflict, Invalid


class NotAMilestone(Conflict):
    """The part has no target that is reached once, by a value of its own."""

    code, title = "not_a_milestone", "This is no milestone"


class MilestoneRefused(Invalid):
    """The milestone cannot be recorded so; `errors` names the field."""

    code, title = "milestone_refused", "The milestone cannot be recorded"


class EvidenceRequired(Invalid):
    code, title = "evidence_required", "Done only with evidence"
