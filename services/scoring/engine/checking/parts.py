"""Weights, groups that leave KPIs out or count them twice, and steps that nobody uses."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from scoring.engine.checking.closure import behind, references, results_of
from scoring.engine.checking.finding import Finding, found
from scoring.engine.meanings import Level
from scoring.engine.plan import Plan
from scoring.engine.steps import Step, WeightedMean
from scoring.engine.steps.step import Selection
from scoring.engine.teller import digits

DIMENSIONS = ("output", "quality", "behavioural", "development")
"""The four kinds of KPIs a balanced scorecard has (S0, "Types of Individual KPIs")."""


def part_findings(plan: Plan) -> Iterator[Finding]:
    """What the steps show together."""
    for step in plan.steps:
        yield from _weights(step)
    yield from _left_out(plan)
    yield from _counted_twice(plan)
    yield from _unused(plan)


def _weights(step: Step) -> Iterator[Finding]:
    if isinstance(step, WeightedMean) and isinstance(step.of, list):
        weights = [term.weight for term in step.of if isinstance(term.weight, Decimal)]
        total = sum(weights, Decimal(0))
        if len(step.of) == len(weights) > 1 and total not in {Decimal(1), Decimal(100)} and len(set(weights)) > 1:
            yield found("weight_sum", step.name, "of", f"The weights add up to {digits(total)}; they count relative to one another.")


def _gathering(plan: Plan) -> list[Step]:
    """The steps behind the results that go from lines to a person."""
    levels = plan.levels
    return [
        step
        for step in behind(plan, results_of(plan))
        if levels[step.name] is Level.PERSON and any(levels.get(name) is Level.LINE for name in references(step) if name != "weight")
    ]


def _components(step: Step) -> set[str] | None:
    """The components a step is for; None where it chooses lines in another way, or takes all."""
    only: Selection | None = getattr(step, "only", None)
    return set(only.component) if only is not None and only.component and not (only.kpi or only.group or only.direction) else None


def _left_out(plan: Plan) -> Iterator[Finding]:
    chosen = [(step, _components(step)) for step in _gathering(plan)]
    if not chosen or any(components is None for _, components in chosen):
        return
    counted = set[str]().union(*(components for _, components in chosen if components))
    missing = [name for name in DIMENSIONS if name not in counted]
    if missing and counted & set(DIMENSIONS):
        message = f"A {' or '.join(missing)} KPI counts nowhere; only {', '.join(sorted(counted))} are asked for."
        yield found("gap", chosen[-1][0].name, "only/component", message)


def _counted_twice(plan: Plan) -> Iterator[Finding]:
    by_name = {step.name: step for step in _gathering(plan)}
    for step in plan.steps:
        own = [by_name[name] for name in dict.fromkeys(references(step)) if name in by_name]
        for one, other in combinations(own, 2):
            if step.kind in {"weighted_mean", "add"} and (shared := _shared(one, other)):
                yield found("overlap", other.name, "only", f"{shared} counts in {one.name} and again in {other.name}.")


def _shared(one: Step, other: Step) -> str:
    """The lines that two steps both count, in words."""
    selections = [getattr(step, "only", None) for step in (one, other)]
    if getattr(one, "of", None) != getattr(other, "of", None):
        return ""
    if None in selections:
        return "Every KPI" if selections == [None, None] else f"A KPI of {next(filter(None, selections)).sentence()}"
    first, second = (
        {name: set(words) for name, words in selection.model_dump(exclude_none=True).items()} for selection in selections if selection
    )
    if first.keys() != second.keys() or not all(first[name] & second[name] for name in first):
        return ""
    return "A KPI of " + " and ".join(f"{name} {' or '.join(sorted(first[name] & second[name]))}" for name in first)


def _unused(plan: Plan) -> Iterator[Finding]:
    results = results_of(plan)
    used = {name for step in plan.steps for name in references(step)} | set(results)
    for step in plan.steps:
        if results and step.name not in used:
            yield found("unused_step", step.name, "", "No later step and no result uses this.")
