"""What time away does to a scorecard, as the organization states it (domain "Many at once": part-time and leave pro-rate by stated rules).

As shipped nothing shrinks: days of leave are paid as worked, and every target stays as it was signed.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Kind = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"\S")]
Pay = Literal["paid", "unpaid"]
Targets = Literal["whole", "pro_rated"]


class TimeRules(BaseModel):
    """What leave and part-time do to scorecards that are signed from now on; each keeps the rules that were signed with it.

    `leave_days`: whether days of leave count for pay. `leave_targets`, `part_time_targets`: whether the person's own targets that are sums
    over periods shrink with them; ratios, means, milestones and shared KPIs never do. A leave shorter than `leave_from_days`, or of one of
    `unaffected_kinds`, changes nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    leave_days: Pay = "paid"
    leave_targets: Targets = "whole"
    part_time_targets: Targets = "whole"
    leave_from_days: int = Field(default=1, ge=1, le=366)
    unaffected_kinds: tuple[Kind, ...] = Field(default=(), max_length=20)
