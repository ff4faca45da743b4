"""What can be wrong with a change of an agreed scorecard."""

from chassis.problems import Conflict, Invalid


class ChangeRefused(Invalid):
    """The change asked for cannot be made; `errors` says why, by field."""

    code, title = "change_refused", "The change cannot be made"


class ChangePending(Conflict):
    """Another request about the same is not answered yet; `change_id` names it."""

    code, title = "change_pending", "A change is asked for already"


class ChangeDecided(Conflict):
    """The request was answered, withdrawn or has lapsed, as `present` says."""

    code, title = "change_decided", "The request is not open any more"


class CorrectionAnnounced(Conflict):
    """HR says that the signed text is wrong, and its sides may object until `objections_until`: nobody agrees upon that text meanwhile."""

    code, title = "correction_announced", "A correction is not decided yet"


class MeasurementsFrozen(Conflict):
    code, title = "measurements_frozen", "The cycle is closed"


class NothingMoved(Invalid):
    code, title = "no_move", "Nothing changed for the person on this day"
