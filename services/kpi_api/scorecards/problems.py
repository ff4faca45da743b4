"""What can be wrong with a scorecard or with what is done to it."""

from chassis.problems import Conflict, Invalid, NotAllowed, PreconditionFailed


class WrongStatus(Conflict):
    """The verb does not fit the present status, which `status` and `current_etag` tell."""

    code, title = "wrong_status", "Not possible in this status"


class NotYourTurn(NotAllowed):
    code, title = "not_your_turn", "Not your turn"


class ScorecardChanged(PreconditionFailed):
    """Somebody changed it since it was read; `changes` says what, line by line. The code stays that of every changed state."""


class TextChanged(Conflict):
    """A KPI on the scorecard changed after the other side signed, as `changes` says: there is no common text to agree to."""

    code, title = "text_changed", "The text changed since it was signed"


class ScorecardRefused(Invalid):
    """The text has errors, or warnings where the organization lets them refuse; `errors` names them by the codes of the findings."""

    code, title = "scorecard_refused", "The scorecard has errors"


class LinesRefused(Invalid):
    code, title = "lines_refused", "The lines cannot be put on this scorecard"


class OpeningRefused(Invalid):
    code, title = "opening_refused", "The scorecard cannot be opened"
