"""What can be wrong with a step of a collaboration."""

from chassis.problems import Conflict, Invalid, NotAllowed


class NotYourVoice(NotAllowed):
    code, title = "not_your_voice", "Not yours to say"


class TermsChanged(Conflict):
    """The terms are not those that were seen: `digest` is the present one, and `changes` says what is different where that is known."""

    code, title = "terms_changed", "The terms changed"


class WindowBegun(Conflict):
    code, title = "window_begun", "The window has begun"


class CreditDivided(Conflict):
    code, title = "credit_divided", "The credit is divided"


class ProposalAnswered(Conflict):
    code, title = "proposal_answered", "The proposal has its answer"


class SharesRefused(Invalid):
    """Credit shares total 100.00 exactly over every stakeholder; codes: shares_total, unknown_stakeholder, stakeholder_missing."""

    code, title = "shares_refused", "The credit shares do not fit"


class TooEarly(Conflict):
    code, title = "too_early", "It is not over yet"


class NotCollaborative(Conflict):
    code, title = "not_collaborative", "Nobody carries this KPI together"


class CycleClosed(Conflict):
    """The answer would give the KPI other targets, and its cycle is closed or closing."""

    code, title = "cycle_closed", "The cycle is closed"
