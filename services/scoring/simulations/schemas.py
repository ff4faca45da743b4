"""What would have been paid."""

from uuid import UUID

from chassis.numbers import Money
from scoring.schemas import Output, PaidOutput


class PaidUnderBoth(PaidOutput):
    """One scorecard under both versions. An amount that could not be computed is null, and then there is no difference."""

    AMOUNTS = ("before", "after", "difference")

    scorecard_id: UUID
    person_id: UUID
    before: Money | None
    after: Money | None
    difference: Money | None


class SumUnderBoth(PaidOutput):
    """Everybody paid in one currency. `failed` counts those whom one of the versions could not compute; they are in no sum."""

    AMOUNTS = ("before", "after", "difference")

    people: int
    gain: int
    lose: int
    same: int
    failed: int
    before: Money
    after: Money
    difference: Money


class PlanMoneyDifference(Output):
    """Two versions of a plan on the scorecards of a run: the sums of everybody, and those who change most, the largest change first."""

    run_id: UUID
    plan_code: str
    before: int
    after: int
    sums: list[SumUnderBoth]
    people: list[PaidUnderBoth]
