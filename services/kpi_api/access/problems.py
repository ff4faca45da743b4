"""What can be wrong with grants."""

from chassis.problems import Conflict, Invalid, NotAllowed


class NotToOneself(NotAllowed):
    code, title = "not_to_oneself", "Nobody changes their own roles"


class AlreadyGranted(Conflict):
    code, title = "already_granted", "The person has this role already"


class GrantApproved(Conflict):
    code, title = "grant_approved", "The role is approved already"


class GrantEnded(Conflict):
    code, title = "grant_ended", "The role was ended"


class NotByTheSame(NotAllowed):
    code, title = "second_person_needed", "Somebody else must approve this"


class DelegationInvalid(Invalid):
    code, title = "delegation_invalid", "The delegation makes no sense"


class CircularDelegation(Conflict):
    code, title = "delegation_circle", "The delegations would make a circle"


class AlreadyDelegated(Conflict):
    code, title = "already_delegated", "The delegate has these rights at that time already"


class GrantInvalid(Invalid):
    code, title = "grant_invalid", "The grant makes no sense"
