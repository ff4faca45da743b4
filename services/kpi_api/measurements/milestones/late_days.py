"""How late a milestone is, and what that costs. Pure."""

from datetime import date
from decimal import Decimal

from chassis.numbers import PLACES, round_half_up
from kpi_api.cycles.working_days import WorkingDays
from kpi_api.dictionary.lateness import Lateness


def days_late(rule: Lateness | None, due_on: date, day: date, working: WorkingDays) -> int:
    """How many days after its due date and grace `day` is, in the days of the rule; 0 when in time."""
    grace = rule.grace_days if rule else 0
    if rule and rule.days == "business":
        return working.between(working.after(due_on, grace), day)
    return max((day - due_on).days - grace, 0)


def deduction_per_day(rule: Lateness) -> Decimal:
    """As a ratio: all of it where a milestone counts nothing when late."""
    return Decimal(1) if rule.percent is None else rule.percent / 100


def share_done(actual: Decimal | None, target: Decimal) -> Decimal | None:
    """How much of a milestone is done: 1 at its target and beyond, 12 places half-up."""
    if actual is None or target <= 0:
        return actual
    return min(Decimal(1), round_half_up(actual / target, PLACES))
