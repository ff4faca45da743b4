"""The rules for time away in the graph: what leave and part-time do to scorecards, read, changed and tried."""

from enum import Enum

import strawberry

from kpi_api.graphql.writing import given
from kpi_api.people.leaves import rules


@strawberry.enum(description="Whether days of leave count for pay.")
class LeavePay(Enum):
    PAID = "paid"
    UNPAID = "unpaid"


@strawberry.enum(description="Whether a person's own targets that are sums over periods stay as they are, or shrink with the time away.")
class TargetsInTime(Enum):
    WHOLE = "whole"
    PRO_RATED = "pro_rated"


@strawberry.type(description="What leave and part-time do to scorecards that are signed from now on.")
class TimeRules:
    leave_days: LeavePay
    leave_targets: TargetsInTime
    part_time_targets: TargetsInTime
    leave_from_days: int = strawberry.field(description="A shorter leave changes nothing.")
    unaffected_kinds: list[str] = strawberry.field(description="Kinds of leave that change nothing.")

    @classmethod
    def of(cls, stated: rules.TimeRules) -> "TimeRules":
        return cls(
            leave_days=LeavePay(stated.leave_days),
            leave_targets=TargetsInTime(stated.leave_targets),
            part_time_targets=TargetsInTime(stated.part_time_targets),
            leave_from_days=stated.leave_from_days,
            unaffected_kinds=list(stated.unaffected_kinds),
        )


@strawberry.input(description="All of the rules; one that is left out is as shipped, so that nothing shrinks.")
class TimeRulesInput:
    leave_days: LeavePay | None = strawberry.UNSET
    leave_targets: TargetsInTime | None = strawberry.UNSET
    part_time_targets: TargetsInTime | None = strawberry.UNSET
    leave_from_days: int | None = strawberry.UNSET
    unaffected_kinds: list[str] | None = strawberry.UNSET


def given_with_rules(input_: object, name: str) -> dict[str, object]:
    """What an input object says, with the rules under `name` as the domain reads them."""
    said = given(input_)
    return said | {name: given(said[name])} if said.get(name) is not None else said
