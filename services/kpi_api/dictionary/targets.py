"""How a target reads: "at least 450,000 USD per quarter". Pure."""

from calendar import month_name
from decimal import Decimal
from typing import Final

from kpi_api.dictionary.lateness import Lateness
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.vocabulary import Comparison

_COMPARISONS: Final[dict[Comparison, str]] = {
    "at_least": "at least",
    "at_most": "at most",
    "above": "above",
    "below": "below",
    "within": "between",
}
_LEVELS: Final = {"percent", "ratio", "score", "days", "business_days", "hours", "minutes"}
"""Units that are held in each period rather than gathered per period."""

_SINGULAR: Final = {"days": "day", "business_days": "business day", "hours": "hour", "minutes": "minute", "points": "point"}
_PHASES_SHOWN: Final = 4


def target_sentence(target: Target) -> str:
    """The target in words, without its part's name: "below 2%", "between -5% and 5% each month", "zero per half-year",
    "at least 4.2 out of 5", "within 3 business days of month-end close", "at least 1 by the end of Q3 (2026-09-30)"."""
    return _value(target) + _period(target) + _phasing(target) + _due(target) + _lateness(target.lateness) + _evidence(target)


def _period(target: Target) -> str:
    if target.period == "window" or target.counted_from:
        return ""
    period = "half-year" if target.period == "half_year" else target.period
    return f" each {period}" if target.unit in _LEVELS else f" per {period}"


def _value(target: Target) -> str:
    if target.comparison == "at_most" and target.value == 0 and not target.counted_from:
        return "zero"
    if target.counted_from:
        within = "within" if target.comparison == "at_most" else "in less than"
        return f"{within} {_stated(target.value, target)} of month-end close"
    compared = f"{_COMPARISONS[target.comparison]} {_stated(target.value, target)}"
    return compared if target.value_high is None else f"{compared} and {_stated(target.value_high, target)}"


def _phasing(target: Target) -> str:
    if not target.phasing:
        return ""
    shown = ", ".join(grouped(value) for value in target.phasing[:_PHASES_SHOWN])
    return f", phased {shown}{', …' if len(target.phasing) > _PHASES_SHOWN else ''}"


def _due(target: Target) -> str:
    day = target.due_on.isoformat() if target.due_on else None
    if target.due_quarter is None and target.due_month is None:
        return f" by {day}" if day else ""
    end = f"Q{target.due_quarter}" if target.due_quarter else month_name[target.due_month or 0]
    return f" by the end of {end}" + (f" ({day})" if day else "")


def _lateness(rule: Lateness | None) -> str:
    if rule is None:
        return ""
    kind = "business day" if rule.days == "business" else "day"
    grace = f" after {rule.grace_days} {kind}{'s' if rule.grace_days > 1 else ''} of grace" if rule.grace_days else ""
    return f"; nothing if later{grace}" if rule.percent is None else f"; {grouped(rule.percent)}% less per {kind} late{grace}"


def _evidence(target: Target) -> str:
    return "; with evidence" if target.evidence_required else ""


def _stated(value: Decimal, target: Target) -> str:
    if target.unit == "score" and target.scale_maximum is not None:
        return f"{grouped(value)} out of {grouped(target.scale_maximum)}"
    return amount(value, target.unit)


def amount(value: Decimal, unit: str) -> str:
    """A value with its unit: 4.2%, 12 business days, 1,034."""
    number = grouped(value)
    if unit == "percent":
        return f"{number}%"
    if unit in {"count", "ratio", "score"}:
        return number
    named = _SINGULAR.get(unit, unit) if abs(value) == 1 else unit
    return f"{number} {named.replace('_', ' ')}"


def grouped(value: Decimal) -> str:
    """Thousands separated, no trailing zeros: 450,000 and 4.2."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
