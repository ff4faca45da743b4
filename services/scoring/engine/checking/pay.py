"""What the plan does when it is tried: pay that falls for better results, judgement that outweighs them, parts of a year paid in full."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scoring.engine.checking.closure import behind, references
from scoring.engine.checking.finding import Finding, found
from scoring.engine.checking.trial import Trial, follows_attainment, levels, result_step, tried
from scoring.engine.document import Input
from scoring.engine.meanings import PAY_FACTS, Level, Unit
from scoring.engine.plan import Plan
from scoring.engine.steps import Step
from scoring.engine.steps.condition import Comparison
from scoring.engine.steps.curve import Curve
from scoring.engine.steps.gate import Gate
from scoring.engine.steps.grid import Grid
from scoring.engine.teller import digits

RATINGS = [Decimal(number) for number in range(1, 6)]
MOST_JUDGED = Decimal(10)
"""What is tried of a judgement without a maximum."""


def pay_findings(plan: Plan) -> Iterator[Finding]:
    """Everything that shows in what is paid."""
    result = result_step(plan)
    if result is not None and follows_attainment(plan):
        yield from _falling(plan, result)
        yield from _judgement(plan, result)
    if plan.document.payout is not None:
        yield from _part_year(plan, plan.document.payout)


def _falling(plan: Plan, result: str) -> Iterator[Finding]:
    """The first pair of neighbouring levels between which the result falls, told of the first step that falls there."""
    tries = levels(plan)
    rows = tried(plan, [Trial(level) for level in tries]).people.to_pylist()
    for (level, row), (next_level, next_row) in pairwise(zip(tries, rows, strict=True)):
        before, after = _values(plan, row), _values(plan, next_row)
        if result not in before or result not in after or after[result] >= before[result]:
            continue
        culprit = next(name for name, value in before.items() if name in after and after[name] < value)
        message = (
            f"With all KPIs at {_percent(next_level)} instead of {_percent(level)} of target, {culprit} falls from "
            f"{digits(before[culprit])} to {digits(after[culprit])}: more earns less."
        )
        yield found("non_monotonic", culprit, "", message)
        return


def _values(plan: Plan, row: dict[str, Any]) -> dict[str, Decimal]:
    """The values per person, in the plan's order; what could not be computed is not there."""
    steps = row["steps"] or {}
    own = [step.name for step in plan.steps if plan.levels[step.name] is Level.PERSON]
    return {name: steps[name] for name in own if steps[name] is not None}


def _percent(level: Decimal) -> str:
    return f"{digits(level * 100)} %"


def _judgement(plan: Plan, result: str) -> Iterator[Finding]:
    """Whether what is judged moves the result further than what is measured."""
    judged = _judged(plan, result)
    if not judged:
        return
    measured = [Trial(Decimal(percent) / 100) for percent in range(0, 201, 5)]
    by_result = _spread(plan, result, measured)
    everything = [Trial(Decimal(1), values.pop("rating", Decimal(3)), values) for values in _judgements(judged)]
    by_judgement = _spread(plan, result, everything)
    if by_result is not None and by_judgement is not None and by_judgement > by_result:
        names = " and ".join(judged)
        judged_words = f"At target, {names} can move {result} by {digits(by_judgement)}"
        message = f"{judged_words}; results from nothing to 200 % move it by {digits(by_result)}."
        yield found("more_discretion_than_result", result, "", message)


def _judged(plan: Plan, result: str) -> dict[str, list[Decimal]]:
    """The figures behind the result that somebody judges, each with the values to try."""
    steps = behind(plan, [result])
    named = {name for step in steps for name in references(step)}
    judged = {given.name: _bounds(given) for given in plan.document.inputs if given.discretionary and given.name in named}
    return judged | ({"rating": _rating_values(steps)} if "rating" in named else {})


def _bounds(given: Input) -> list[Decimal]:
    return [max(given.minimum, -MOST_JUDGED), min(given.maximum, max(MOST_JUDGED, given.minimum))]


def _rating_values(steps: list[Step]) -> list[Decimal]:
    """The ratings that the plan's own numbers tell apart, else 1 to 5."""
    values: set[Decimal] = set()
    for step in steps:
        if isinstance(step, Curve) and step.of == "rating":
            values |= {x for x, _ in step.points}
        if isinstance(step, Grid):
            values |= {*(step.rows if step.row == "rating" else []), *(step.columns if step.column == "rating" else [])}
        if isinstance(step, Gate) and isinstance(step.when, Comparison) and step.when.value == "rating":
            values |= {limit for limit in step.when.limits().values() if isinstance(limit, Decimal)}
    return sorted(values | {min(values) - 1}) if values else RATINGS


def _judgements(judged: dict[str, list[Decimal]]) -> Iterator[dict[str, Decimal]]:
    """All at their lowest, all at their highest, and each at each value with the others at their highest."""
    yield {name: values[0] for name, values in judged.items()}
    highest = {name: values[-1] for name, values in judged.items()}
    for name, values in judged.items():
        yield from ({**highest, name: value} for value in values)


def _spread(plan: Plan, result: str, trials: list[Trial]) -> Decimal | None:
    """The largest less the smallest result; None where one could not be computed."""
    found_values = [row["steps"][result] for row in tried(plan, trials).people.to_pylist()]
    return None if None in found_values else max(found_values) - min(found_values)


def _part_year(plan: Plan, payout: str) -> Iterator[Finding]:
    """A yearly sum that no proration makes fit the days somebody was assigned."""
    steps = behind(plan, [payout])
    if any(step.kind == "proration" for step in steps):
        return
    for step in steps:
        fixed_sum = isinstance(getattr(step, "basis", None), Decimal) and plan.meanings[step.name].unit is Unit.MONEY
        facts = [name for name in references(step) if name in PAY_FACTS]
        if facts or fixed_sum:
            what = " and ".join(facts) or "a sum of the plan"
            field = "basis" if hasattr(step, "basis") else "of"
            yield found("part_year_in_full", step.name, field, f"It pays {what} as if for a whole period.")
            return
