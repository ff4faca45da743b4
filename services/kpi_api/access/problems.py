"""What can be wrong with grants."""

from chassis.problems import Conflict, Invalid, NotAllowed


class NotToOneself(NotAllowed):
    code, title = "not_to_oneself", "Nobody changes their own roles"


class AlreadyGranted(Conflict):
    code, title = "already_granted", "The person has this role already"


class GrantInvalid(Invalid):
    code, title = "grant_invalid", "The grant makes no sense"
