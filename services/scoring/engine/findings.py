"""What is worth a second look in a plan that can be computed: cliffs, pay that falls for more, cost without a limit, gates that never shut.

A finding never refuses a plan; what cannot be computed is a PlanInvalid instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Literal

from scoring.engine.meanings import Meaning
from scoring.engine.steps.curve import Curve, Slope
from scoring.engine.steps.gate import Comparison, Gate
from scoring.engine.steps.step import Step
from scoring.engine.steps.tiers import Tiers
from scoring.engine.steps.weighted_mean import WeightedMean
from scoring.engine.teller import digits

BOUNDED: Final = 1000
"""A composite that may pass 1000 times the target is as good as unbounded."""


@dataclass(frozen=True)
class Finding:
    """One thing worth a second look."""

    code: str
    severity: Literal["warning", "information"]
    step: str
    message: str


def plan_findings(steps: Sequence[Any], meanings: Mapping[str, Meaning], results: Sequence[str]) -> list[Finding]:
    """Everything worth a second look, in the order of the steps. `results` are the steps that are the composite and the payout."""
    used = {operand for step in steps for operand in step.operands() if isinstance(operand, str)} | set(results)
    found: list[Finding] = []
    for step in steps:
        found += _step_findings(step, meanings)
        if step.name not in used and results:
            found.append(Finding("unused_step", "information", step.name, "No later step and no result uses this."))
    return found + [_unbounded(name) for name in results if meanings[name].unit == "plain" and meanings[name].high > BOUNDED]


def _unbounded(name: str) -> Finding:
    return Finding("unbounded_cost", "warning", name, "Nothing limits how much this can reach; give the attainment or the curve a cap.")


def _step_findings(step: Step, meanings: Mapping[str, Meaning]) -> Iterator[Finding]:
    if isinstance(step.cap, Decimal) and isinstance(step.floor, Decimal) and step.floor > step.cap:
        yield Finding(
            "contradictory_limits", "warning", step.name, f"The floor {digits(step.floor)} lies above the cap {digits(step.cap)}."
        )
    if isinstance(step, Curve):
        yield from _curve_findings(step)
    if isinstance(step, Tiers) and step.how == "whole":
        yield from _tier_findings(step)
    if isinstance(step, Gate):
        yield from _gate_findings(step, meanings)
    if isinstance(step, WeightedMean) and isinstance(step.of, list):
        total = sum((term.weight for term in step.of), Decimal(0))
        if len(step.of) > 1 and total not in {Decimal(1), Decimal(100)} and len({term.weight for term in step.of}) > 1:
            yield Finding(
                "weight_sum", "information", step.name, f"The weights add up to {digits(total)}; they count relative to one another."
            )


def _curve_findings(curve: Curve) -> Iterator[Finding]:
    first = curve.points[0]
    if curve.below == "zero" and first[1] > 0:
        yield Finding("cliff", "information", curve.name, f"Reaching {digits(first[0])} is worth {digits(first[1])} at once.")
    for (x, y), (next_x, next_y) in pairwise(curve.points):
        if x == next_x and curve.between == "linear":
            yield Finding("cliff", "information", curve.name, f"At {digits(x)} the result jumps from {digits(y)} to {digits(next_y)}.")
        if next_y < y:
            message = f"Between {digits(x)} and {digits(next_x)} the result falls from {digits(y)} to {digits(next_y)}: more earns less."
            yield Finding("non_monotonic", "warning", curve.name, message)
    if isinstance(curve.above, Slope) and curve.above.slope < 0:
        yield Finding("non_monotonic", "warning", curve.name, "Beyond the last point more earns less.")
    if curve.above == "zero" and curve.points[-1][1] > 0:
        yield Finding("non_monotonic", "warning", curve.name, f"Whoever passes {digits(curve.points[-1][0])} earns nothing.")


def _tier_findings(tiers: Tiers) -> Iterator[Finding]:
    for lower, upper in pairwise(tiers.tiers):
        bound = lower.up_to or Decimal(0)
        before, after = bound * lower.rate + lower.flat, bound * upper.rate + upper.flat
        if after < before:
            message = f"Around {digits(bound)} the amount falls from {digits(before)} to {digits(after)}: more earns less."
            yield Finding("non_monotonic", "warning", tiers.name, message)


def _gate_findings(gate: Gate, meanings: Mapping[str, Meaning]) -> Iterator[Finding]:
    if not isinstance(gate.when, Comparison) or not isinstance(gate.when.value, str):
        return
    value = meanings[gate.when.value]
    for word, limit in gate.when.limits().items():
        if not isinstance(limit, Decimal):
            continue
        most, least = (value.high, value.low) if word in {"at_least", "above"} else (-value.low, -value.high)
        wanted = Fraction(limit) if word in {"at_least", "above"} else -Fraction(limit)
        strict = word in {"above", "below"}
        if most < wanted or (most == wanted and strict):
            yield Finding(
                "unreachable_gate", "warning", gate.name, f"{gate.when.value} can never be {word.replace('_', ' ')} {digits(limit)}."
            )
        elif least > wanted or (least == wanted and not strict):
            yield Finding("idle_gate", "information", gate.name, f"{gate.when.value} is always {word.replace('_', ' ')} {digits(limit)}.")
