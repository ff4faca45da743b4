"""What can be wrong with a message from an HRIS."""

from chassis.problems import Invalid


class EmploymentChangeRefused(Invalid):
    """The facts do not fit; nothing was written, and the message may be sent again once they do."""

    code, title = "employment_change_refused", "The employment change does not fit"
