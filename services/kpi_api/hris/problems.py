"""What can be wrong with a source of HRIS messages, or with a message."""

from chassis.problems import Conflict, Invalid


class SourceDisabled(Conflict):
    code, title = "source_disabled", "The source is disabled"


class EmploymentChangeRefused(Invalid):
    """The facts do not fit; nothing was written, and the message may be sent again once they do."""

    code, title = "employment_change_refused", "The employment change does not fit"
