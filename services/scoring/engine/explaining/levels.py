"""The value of a KPI at which its attainment is so and so much: attainment read backwards."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

Row = Mapping[str, Any]

DIGITS: Final = 4
"""A needed value is told with at least so many digits, and never with fewer than its target or measured value has."""


def value_at(line: Row, level: Decimal, unit: Decimal | None = None) -> Decimal | None:
    """The value that attains `level`, on the better side where it is no multiple of the unit (else one that suits the KPI); None where no
    value does, or no single value says."""
    if line.get("combine") or level < 0:
        return None
    exact = _exact_value(line, level)
    if exact is None:
        return None
    unit = unit or _unit(line)
    value: Decimal = exact.quantize(unit, ROUND_CEILING if rises(line) else ROUND_FLOOR)
    if line.get("comparison") in {"above", "below"} and level >= 1 and value == line["target"]:
        value += unit if rises(line) else -unit
    return value


def rises(line: Row) -> bool:
    """Whether a larger value is the better one."""
    if line["direction"] in {"higher", "lower"} and line.get("method") == "span":
        return bool(line["target"] is not None and line["baseline"] is not None and line["target"] > line["baseline"])
    return line["direction"] not in {"lower", "zero_tolerance"}


def _exact_value(line: Row, level: Decimal) -> Any:
    target, baseline = line.get("target"), line.get("baseline")
    match line["direction"]:
        case "milestone":
            return level if level <= 1 and not line.get("days_late") else None
        case "rating" if target is None:
            low, high = line.get("scale_minimum"), line.get("scale_maximum")
            return None if low is None or high is None or level > 1 else low + (high - low) * level
        case "rating":
            return None if level > 1 or target is None or target <= 0 else target * level
        case "band" | "zero_tolerance":
            return _inside(line) if level == 1 else None
    if target is None:
        return None
    if line.get("method") == "span":
        return None if baseline is None or baseline == target else baseline + (target - baseline) * level
    if target <= 0 or (line["direction"] == "lower" and level == 0):
        return None
    return target / level if line["direction"] == "lower" else target * level


def _inside(line: Row) -> Any:
    """The value nearest to the measured one that is all right."""
    target, high = line.get("target"), line.get("target_high")
    if line["direction"] == "zero_tolerance":
        return target if target is not None else Decimal(0)
    if target is None or high is None or target > high:
        return None
    actual = line.get("actual")
    return target if actual is None else min(max(actual, target), high)


def _unit(line: Row) -> Decimal:
    """The unit in which a needed value is told."""
    given = [value for value in (line.get("actual"), line.get("target"), line.get("baseline")) if value]
    if not given:
        return Decimal("0.0001")
    places = max(max(0, -int(value.normalize().as_tuple().exponent)) for value in given)
    largest = max(abs(value) for value in given)
    return Decimal(1).scaleb(-min(12, max(places, DIGITS - 1 - largest.adjusted(), 0)))
