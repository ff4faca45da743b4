"""What can be wrong with erasing somebody."""

from chassis.problems import Conflict


class StillHere(Conflict):
    code, title = "still_here", "The person has not left"


class OtherReason(Conflict):
    code, title = "other_reason", "The erasure was asked for with another reason"
