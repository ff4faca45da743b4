"""What can be wrong with people and structure."""

from chassis.problems import Conflict, Invalid, PreconditionFailed


class CircularReportingLine(Conflict):
    code, title = "circular_reporting_line", "Somebody would report to themselves"


class ReportingLineTooDeep(Invalid):
    code, title = "reporting_line_too_deep", "Too many managers above one person"


class OverlappingEmployment(Conflict):
    code, title = "overlapping_employment", "Two primary employments at the same time"


class EndBeforeStart(Invalid):
    code, title = "end_before_start", "The end lies before the start"


class DuplicateCode(Conflict):
    code, title = "duplicate_code", "The code is taken"


class DuplicatePerson(Conflict):
    code, title = "duplicate_person", "Somebody else has this id or user name"


class UnknownReference(Invalid):
    code, title = "unknown_reference", "It names something that is not there"


class CircularUnits(Conflict):
    code, title = "circular_units", "A unit would stand under itself"


class Erased(Conflict):
    code, title = "person_erased", "The person was erased"


class RoleChanged(PreconditionFailed):
    """Somebody else wrote a version of the role; `changes` are sentences that say what."""


class EffectiveBeforePredecessor(Invalid):
    code, title = "effective_before_predecessor", "It would take effect before the version that it follows"


class HasLeft(Conflict):
    code, title = "has_left", "The person leaves before that day"
