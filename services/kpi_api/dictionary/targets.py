"""How a target reads: "at least 450,000 USD per quarter". Pure."""

from decimal import Decimal
from typing import Final

from kpi_api.dictionary.schemas import Target
from kpi_api.dictionary.vocabulary import Comparison

_COMPARISONS: Final[dict[Comparison, str]] = {
    "at_least": "at least",
    "at_most": "at most",
    "above": "above",
    "below": "below",
    "within": "between",
}
_LEVELS: Final = {"percent", "ratio", "score", "days", "hours", "minutes"}
"""Units that are held in each period rather than gathered per period."""

_SINGULAR: Final = {"days": "day", "hours": "hour", "minutes": "minute", "points": "point"}


def target_sentence(target: Target) -> str:
    """The target in words, without its part's name: "below 2%", "between -5% and 5% each month", "zero per half-year",
    "at least 4.2 out of 5", "at least 1 by 2026-09-30"."""
    due = f" by {target.due_on.isoformat()}" if target.due_on else ""
    return _value(target) + _period(target) + due


def _period(target: Target) -> str:
    if target.period == "window":
        return ""
    period = "half-year" if target.period == "half_year" else target.period
    return f" each {period}" if target.unit in _LEVELS else f" per {period}"


def _value(target: Target) -> str:
    if target.comparison == "at_most" and target.value == 0:
        return "zero"
    compared = f"{_COMPARISONS[target.comparison]} {_amount(target.value, target)}"
    return compared if target.value_high is None else f"{compared} and {_amount(target.value_high, target)}"


def _amount(value: Decimal, target: Target) -> str:
    number = _grouped(value)
    if target.unit == "percent":
        return f"{number}%"
    if target.unit == "score" and target.scale_maximum is not None:
        return f"{number} out of {_grouped(target.scale_maximum)}"
    if target.unit in {"count", "ratio", "score"}:
        return number
    return f"{number} {_SINGULAR.get(target.unit, target.unit) if abs(value) == 1 else target.unit}"


def _grouped(value: Decimal) -> str:
    """Thousands separated, no trailing zeros: 450,000 and 4.2."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
