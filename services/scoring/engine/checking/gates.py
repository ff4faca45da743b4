"""Gates: edges, conditions that never or always hold, and alternatives that leave a hole or meet twice."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from scoring.engine.checking.finding import Finding, found
from scoring.engine.meanings import Meaning
from scoring.engine.steps import Step
from scoring.engine.steps.condition import All, AnyOf, Comparison
from scoring.engine.steps.gate import Gate
from scoring.engine.teller import digits

Meanings = Mapping[str, Meaning]
UPWARD = {"at_least", "above"}


def gate_findings(step: Step, meanings: Meanings) -> Iterator[Finding]:
    """What is worth a second look in a gate; nothing for other steps."""
    if not isinstance(step, Gate):
        return
    never, always = _never(step.when, meanings), _always(step.when, meanings)
    if never:
        yield found("unreachable_gate", step.name, "when", never)
    elif always:
        yield found("idle_gate", step.name, "when", always)
    elif step.otherwise == "zero":
        yield found("cliff", step.name, "when", f"Missing the condition by a hair costs all of {_said(step.of)}.")
    if isinstance(step.when, AnyOf):
        yield from _ranges(step, step.when)


def _said(operand: str | Decimal) -> str:
    return operand if isinstance(operand, str) else digits(operand)


def _never(condition: Any, meanings: Meanings) -> str:
    """Why it can never hold; empty where it can."""
    if isinstance(condition, All):
        return next(filter(None, (_never(inner, meanings) for inner in condition.all)), "")
    if isinstance(condition, AnyOf):
        each = [_never(inner, meanings) for inner in condition.any]
        return each[0] if all(each) else ""
    return _impossible_range(condition) or _first(condition, meanings, never=True)


def _always(condition: Any, meanings: Meanings) -> str:
    """Why it always holds; empty where it may fail."""
    if isinstance(condition, All):
        each = [_always(inner, meanings) for inner in condition.all]
        return each[0] if all(each) else ""
    if isinstance(condition, AnyOf):
        return next(filter(None, (_always(inner, meanings) for inner in condition.any)), "")
    reasons = [_limit(condition, word, limit, meanings, never=False) for word, limit in condition.limits().items()]
    return reasons[0] if all(reasons) else ""


def _impossible_range(condition: Comparison) -> str:
    limits = condition.limits()
    for low in UPWARD & limits.keys():
        for high in limits.keys() - UPWARD:
            least, most = limits[low], limits[high]
            touching = low == "at_least" and high == "at_most"
            if isinstance(least, Decimal) and isinstance(most, Decimal) and (least > most or (least == most and not touching)):
                return f"Nothing is {_words(low)} {digits(least)} and {_words(high)} {digits(most)} at once."
    return ""


def _first(condition: Comparison, meanings: Meanings, *, never: bool) -> str:
    limits = condition.limits().items()
    return next((told for word, limit in limits if (told := _limit(condition, word, limit, meanings, never=never))), "")


def _limit(condition: Comparison, word: str, limit: Decimal | str, meanings: Meanings, *, never: bool) -> str:
    """Why one limit never, or always, holds."""
    if not isinstance(condition.value, str) or not isinstance(limit, Decimal):
        return ""
    value, sign = meanings[condition.value], 1 if word in UPWARD else -1
    most, least = (value.high, value.low) if sign > 0 else (-value.low, -value.high)
    wanted, strict = sign * Fraction(limit), word in {"above", "below"}
    if never:
        return f"{condition.value} can never be {_words(word)} {digits(limit)}." if most < wanted or (most == wanted and strict) else ""
    return f"{condition.value} is always {_words(word)} {digits(limit)}." if least > wanted or (least == wanted and not strict) else ""


def _words(word: str) -> str:
    return word.replace("_", " ")


def _ranges(gate: Gate, either: AnyOf) -> Iterator[Finding]:
    """Alternatives over one value that leave a hole between them, or of which two hold at once."""
    if not all(isinstance(inner, Comparison) for inner in either.any) or len({str(inner.value) for inner in either.any}) > 1:  # type: ignore[union-attr]
        return
    ranges = sorted(filter(None, (_range(inner) for inner in either.any)))
    for (_, high, _, closed), (low, _, next_closed, _) in pairwise(ranges):
        if low > high or (low == high and not (closed or next_closed)):
            yield found("gap", gate.name, "when/any", f"Between {digits(high)} and {digits(low)} no alternative holds.")
        elif low < high:
            yield found("overlap", gate.name, "when/any", f"Between {digits(low)} and {digits(high)} two alternatives hold.")


_ENDLESS = Decimal(10) ** 30


def _range(condition: Any) -> tuple[Decimal, Decimal, bool, bool] | None:
    """Where the condition holds, and whether each end belongs to it; None where a limit is no number of the plan."""
    limits = condition.limits()
    if not all(isinstance(limit, Decimal) for limit in limits.values()):
        return None
    low = max((limits[word] for word in UPWARD & limits.keys()), default=-_ENDLESS)
    high = min((limits[word] for word in limits.keys() - UPWARD), default=_ENDLESS)
    return low, high, limits.get("at_least") == low, limits.get("at_most") == high
