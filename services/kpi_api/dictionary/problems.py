"""What can be wrong with a write to the dictionary."""

from chassis.problems import Conflict, Invalid, NotAllowed


class CodeTaken(Conflict):
    code, title = "code_taken", "The code is taken"


class WrongStatus(Conflict):
    """The version does not stand where this step begins."""

    code, title = "wrong_status", "Not possible in this status"


class ApprovedByAnother(NotAllowed):
    """Who wrote a version does not approve it (domain "Definition version")."""

    code, title = "approval_by_another_needed", "Somebody else must approve it"


class UnknownReference(Invalid):
    """A code or id in the request names nothing that exists here."""

    code, title = "unknown_reference", "It names something that does not exist"


class InvalidFormula(Invalid):
    code, title = "invalid_formula", "The formula cannot be read"


class TargetsDoNotFit(Invalid):
    """The targets do not match the parts of the definition."""

    code, title = "targets_do_not_fit", "The targets do not fit the definition"
