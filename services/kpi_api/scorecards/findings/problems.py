"""What can be wrong with muting a finding."""

from chassis.problems import Conflict, Invalid


class MutingRefused(Invalid):
    """No such rule (`unknown_rule`), one of errors (`error_not_muted`), a KPI that is not on the scorecard, or an end that is over."""

    code, title = "muting_refused", "The finding cannot be muted"


class AlreadyMuted(Conflict):
    """The very same is muted until a later day; take that back first."""

    code, title = "already_muted", "Already muted"
