"""What the doors of time within a scorecard take and give."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.people.schemas import Fte, require_order
from kpi_api.scorecards.presence.rules import ProRating, SignedRules
from kpi_api.scorecards.schemas import Input, Output


class SupposedLeave(Input):
    """Days of a leave, both included; without a last day, as long as the scorecard lasts."""

    first_day: WrittenDate
    last_day: WrittenDate | None = None

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        require_order(self.first_day, self.last_day, "last_day")
        return self


class SupposedPartTime(Input):
    """Another share of full time from a day on."""

    first_day: WrittenDate
    fte: Fte


class Supposition(Input):
    """What is tried: further leave, another share of full time, and other rules than those that were signed. Nothing is kept."""

    leaves: list[SupposedLeave] = Field(default=[], max_length=20)
    part_time: SupposedPartTime | None = None
    rules: TimeRules | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"leaves": [{"first_day": "2026-03-01", "last_day": "2026-04-15"}], "rules": {"leave_targets": "pro_rated"}},
            ]
        },
    )


class LeaveInTime(Output):
    """A leave on days of the scorecard. `changes_something`: the rules let leave change something, it is long enough, and of
    no kind that they leave alone."""

    first_day: date
    last_day: date | None
    days: int
    changes_something: bool


class TargetInTime(Output):
    """A target that time away pro-rates: as it was signed for its whole time, and as it counts. `share` is a fraction such as 319/365.

    `counted` is null where the person was away throughout, so that the KPI does not count at all.
    """

    kpi_id: UUID
    name: str
    part: str
    pro_rated_by: list[ProRating]
    share: str
    signed: ExactDecimal
    counted: ExactDecimal | None


class ScorecardTime(Output):
    """What leave and part-time do to a scorecard, by the rules that were signed with it, or of one not signed yet would be now.

    `told` says the same as sentences. `paid_days` of `days` count for pay by a plan that pro-rates.
    """

    scorecard_id: UUID
    signed: bool
    rules: SignedRules
    days: int
    paid_days: int
    leaves: list[LeaveInTime]
    targets: list[TargetInTime]
    told: list[str]
