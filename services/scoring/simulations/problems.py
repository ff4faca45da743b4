"""What can stand against trying a plan on a run."""

from chassis.problems import Conflict, Invalid


class NothingToCompare(Conflict):
    """The run was not computed, or by other plans alone."""

    code, title = "nothing_to_compare", "The run holds no results of this plan"


class TooManyScorecards(Invalid):
    """More than one request can score."""

    code, title = "too_many_scorecards", "The run is too large to compare in one request"
