"""What can be wrong with a write to the cascade. Codes of single fields stand where they are found (`placement`, `targets_fit`)."""

from chassis.problems import Invalid

NOT_YOURS = "Only the owner, whoever leads them, or HR may change this KPI."


class KpiRefused(Invalid):
    """The KPI cannot be created as given; `errors` says why, field by field."""

    code, title = "kpi_refused", "The KPI cannot be created"


class CopyRefused(Invalid):
    """A cascade cannot be copied as asked for: from or into such a cycle, of such units, or so much at once."""

    code, title = "copy_refused", "The cascade cannot be copied"


class ContributionRefused(Invalid):
    code, title = "contribution_refused", "The contribution cannot be made"


class StakeholderRefused(Invalid):
    code, title = "stakeholder_refused", "The stakeholder cannot be added"
