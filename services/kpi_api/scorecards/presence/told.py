"""What leave and part-time do to a scorecard, as sentences. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from chassis.numbers import plain_text
from kpi_api.scorecards.presence.rules import AS_SHIPPED, SignedRules
from kpi_api.scorecards.presence.schemas import LeaveInTime, TargetInTime
from kpi_api.scorecards.presence.shares import Presence, Work

PAID: Final = {"paid": "Days of leave count for pay as worked.", "unpaid": "Days of leave do not count for pay."}
SHRINKS: Final = {"leave_targets": "leave", "part_time_targets": "part-time"}


def sentences(
    rules: SignedRules, days: tuple[date, date], presence: Presence, leaves: Sequence[LeaveInTime], targets: Sequence[TargetInTime],
    paid_days: int,
) -> list[str]:  # fmt: skip
    """Nothing where time does nothing: rules as shipped, and nobody away."""
    if rules == AS_SHIPPED and not leaves:
        return []
    length = (days[1] - days[0]).days + 1
    return [
        *_rules_told(rules),
        *(_leave_told(leave, length) for leave in leaves),
        *_part_time_told(rules, days, presence.work),
        f"{paid_days} of {length} days count for pay.",
        *map(_target_told, targets),
    ]


def _rules_told(rules: SignedRules) -> Iterator[str]:
    yield PAID[rules.leave_days]
    shrinks = [word for rule, word in SHRINKS.items() if getattr(rules, rule) == "pro_rated"]
    if shrinks:
        yield f"The person's own targets that are sums over periods are pro-rated by {' and '.join(shrinks)}; all others stay."
    else:
        yield "No target shrinks with leave or part-time."
    if rules.leave_from_days > 1:
        yield f"A leave of fewer than {rules.leave_from_days} days changes nothing."
    if rules.unaffected_kinds:
        yield f"Leave of these kinds changes nothing: {', '.join(rules.unaffected_kinds)}."


def _leave_told(leave: LeaveInTime, length: int) -> str:
    until = f"to {leave.last_day}" if leave.last_day else "on, until a day not known yet"
    effect = "" if leave.changes_something else ", which change nothing"
    return f"On leave from {leave.first_day} {until}: {leave.days} of {length} days{effect}."


def _part_time_told(rules: SignedRules, days: tuple[date, date], work: Sequence[Work]) -> Iterator[str]:
    if rules.part_time_targets == "whole":
        return
    for line in work:
        first, last = max(line.first, days[0]), min(line.last or days[1], days[1])
        if first <= last and line.fte != rules.full_time_share:
            now, then = plain_text(line.fte), plain_text(rules.full_time_share)
            yield f"From {first} to {last} the share of full time is {now}; the targets were signed for {then}."


def _target_told(target: TargetInTime) -> str:
    of = f"“{target.name}”" if target.part == "main" else f"“{target.name}”, {target.part}"
    if target.counted is None:
        return f"{of} does not count: the person was away all of its time."
    signed, counted = plain_text(target.signed), plain_text(target.counted)
    return f"Target of {of}: {signed}, counted as {counted} for {target.share} of its time."


def fraction(value: Fraction, days: int) -> str:
    """A share of so many days, in days where it is a number of them."""
    counted = value * days
    return f"{counted.numerator}/{days}" if counted.denominator == 1 else f"{value.numerator}/{value.denominator}"
