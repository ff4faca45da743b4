"""Caps and floors that leave one value only, and results that nothing limits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from scoring.engine.checking.closure import behind, references, results_of
from scoring.engine.checking.finding import Finding, found
from scoring.engine.meanings import LARGEST_SUM, LINE_FACTS, PERSON_FACTS, Meaning
from scoring.engine.plan import Plan
from scoring.engine.problems import StepProblem
from scoring.engine.steps import Scope, Step
from scoring.engine.teller import digits

MOST_NAMED = 8
LARGER = 10
"""By how much a figure is supposed to be larger, to see whether a result follows it."""


def limit_findings(plan: Plan) -> Iterator[Finding]:
    """Contradictory limits of each step, then results without a limit."""
    scope = _scope(plan, plan.meanings)
    for step in plan.steps:
        yield from _contradictions(step, scope)
    for result in results_of(plan):
        sources = _sources(plan, result)
        if not _follows(plan, result, sources):
            continue
        sources = [source for source in sources[:MOST_NAMED] if _follows(plan, result, [source])]
        if sources:
            message = f"Nothing limits how much {result} can reach: it grows with {' and '.join(sources)} without end."
            yield found("unbounded_cost", result, "", message)


def _contradictions(step: Step, scope: Scope) -> Iterator[Finding]:
    before = step.meaning(scope)
    cap, floor = step.cap, step.floor
    if isinstance(cap, Decimal) and isinstance(floor, Decimal) and floor >= cap:
        where = "lies above" if floor > cap else "is"
        yield found("contradictory_limits", step.name, "floor", f"The floor {digits(floor)} {where} the cap {digits(cap)}.")
    elif before.low == before.high:
        return
    elif isinstance(cap, Decimal) and Fraction(cap) <= before.low:
        message = f"The step gives {digits(_decimal(before.low))} or more, so the cap {digits(cap)} is what everybody gets."
        yield found("contradictory_limits", step.name, "cap", message)
    elif isinstance(floor, Decimal) and Fraction(floor) >= before.high:
        message = f"The step gives {digits(_decimal(before.high))} or less, so the floor {digits(floor)} is what everybody gets."
        yield found("contradictory_limits", step.name, "floor", message)


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).normalize()


def _sources(plan: Plan, result: str) -> list[str]:
    """What behind the result has no limit of its own: an attainment without a cap, raw figures of a KPI, inputs without a maximum."""
    steps = behind(plan, [result])
    named = {name for step in steps if step.kind != "attainment" for name in references(step)}
    inputs = {given.name for given in plan.document.inputs if Fraction(given.maximum) == LARGEST_SUM and given.unit == "plain"}
    open_attainments = [step.name for step in steps if step.kind == "attainment" and step.cap is None]
    return [*open_attainments, *sorted(named & ((LINE_FACTS.keys() - {"weight"}) | inputs))]


def _follows(plan: Plan, result: str, sources: list[str]) -> bool:
    """Whether the result's bound grows where those of the sources do."""
    names = [*LINE_FACTS, *PERSON_FACTS, *(given.name for given in plan.document.inputs)]
    scope = _scope(plan, {name: _larger(plan.meanings[name]) if name in sources else plan.meanings[name] for name in names})
    for step in plan.steps:
        try:
            meaning = step.checked(scope)
        except StepProblem:
            return True  # ten times as much is more than can be held
        scope.meanings[step.name] = _larger(meaning) if step.name in sources else meaning
    return scope.find(result, "").high > plan.meanings[result].high


def _scope(plan: Plan, meanings: Mapping[str, Meaning]) -> Scope:
    return Scope(meanings, rates=plan.document.rates, currency=plan.document.currency)


def _larger(meaning: Meaning) -> Meaning:
    return replace(meaning, low=meaning.low * LARGER, high=meaning.high * LARGER)
