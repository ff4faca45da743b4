"""What can be wrong with asking for a signed text."""

from chassis.problems import Conflict


class NotAgreed(Conflict):
    code, title = "not_agreed", "There is no agreement yet"
