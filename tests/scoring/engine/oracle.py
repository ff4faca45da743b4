"""A second, slow engine in exact fractions, one person at a time, written from the rules and not from the engine. In the tests only.

It knows the steps a bonus plan is usually made of. A missing value is a `Missing` with the code of the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

ONE = Fraction(1)


@dataclass(frozen=True)
class Missing:
    """A value that is not there, and why. `left_out` ones leave a mean, the others make the person fail."""

    code: str

    @property
    def left_out(self) -> bool:
        return self.code in {"missing_left_out", "empty_left_out"}


Value = Fraction | Missing


def rounded(value: Fraction, places: int, mode: str = "half_up") -> Fraction:
    """The value at so many places; ties by the mode."""
    units = value * 10**places
    below = floor(units)
    rest = units - below
    if rest == 0:
        return Fraction(below, 10**places)
    up = {
        "floor": False,
        "ceiling": True,
        "down": units < 0,
        "up": units > 0,
        "half_up": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and units > 0),
        "half_down": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and units < 0),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1),
    }[mode]
    return Fraction(below + up, 10**places)


def attained(line: Mapping[str, Any], missing: str, places: int = 12, mode: str = "half_up") -> Value:
    """Raw attainment of one KPI by its direction; a missing measurement is treated as the plan's word says."""
    actual = line.get("actual")
    if actual is None and missing == "hold_last":
        actual = line.get("last_actual")
    if actual is None:
        codes = {"block": "actual_missing", "renormalise": "missing_left_out", "hold_last": "nothing_to_hold"}
        return Fraction(0) if missing == "zero" else Missing(codes[missing])
    rule = {
        "higher": _towards,
        "lower": _towards,
        "band": _band,
        "milestone": _milestone,
        "rating": _rating,
        "zero_tolerance": lambda line, actual: ONE if actual <= (line.get("target") or 0) else Fraction(0),
    }[line["direction"]]
    found = rule(line, actual)
    if isinstance(found, Missing):
        return found
    value = rounded(found, places, mode)
    if value == 1 and not _is_met(line, actual):
        value -= Fraction(1, 10**places)
    return Missing("value_out_of_bounds") if abs(value) > 10**6 else value


def _towards(line: Mapping[str, Any], actual: Fraction) -> Value:
    target = line.get("target")
    if target is None:
        return Missing("target_missing")
    if line.get("method") == "span":
        baseline = line.get("baseline")
        if baseline is None:
            return Missing("baseline_missing")
        return Missing("target_equals_baseline") if target == baseline else (actual - baseline) / (target - baseline)
    if target <= 0:
        return Missing("target_not_positive")
    if actual < 0:
        return Missing("actual_negative")
    if line["direction"] == "lower":
        return Missing("attainment_unbounded") if actual == 0 else target / actual
    return actual / target


def _is_met(line: Mapping[str, Any], actual: Fraction) -> bool:
    """Strict words are not met at equality; the side is the direction's, or with a span the way from baseline to target."""
    if line["direction"] not in {"higher", "lower", "rating"} or line.get("target") is None:
        return True
    target = line["target"]
    if actual == target:
        return line.get("comparison") not in {"above", "below"}
    upward = target > line["baseline"] if line.get("method") == "span" and line["direction"] != "rating" else line["direction"] != "lower"
    return (actual > target) == upward


def _band(line: Mapping[str, Any], actual: Fraction) -> Value:
    low, high = line.get("target"), line.get("target_high")
    if low is None or high is None or low > high:
        return Missing("band_missing")
    distance = max(low - actual, actual - high, Fraction(0))
    if distance and line.get("slope") is None:
        return Fraction(0)
    return max(ONE - rounded(distance * (line.get("slope") or 0), 12), Fraction(0))


def _milestone(line: Mapping[str, Any], actual: Fraction) -> Value:
    if not 0 <= actual <= 1:
        return Missing("share_outside_range")
    late = max(line.get("days_late") or Fraction(0), Fraction(0))
    return actual * max(ONE - late * (line.get("deduction_per_day") or 0), Fraction(0))


def _rating(line: Mapping[str, Any], actual: Fraction) -> Value:
    low, high = line.get("scale_minimum"), line.get("scale_maximum")
    if line.get("target") is not None:
        if line["target"] <= 0:
            return Missing("target_not_positive")
        if actual < 0:
            return Missing("actual_negative")
        outside = (low is not None and actual < low) or (high is not None and actual > high)
        return Missing("rating_outside_scale") if outside else actual / line["target"]
    if low is None or high is None or high <= low:
        return Missing("scale_missing")
    return Missing("rating_outside_scale") if not low <= actual <= high else (actual - low) / (high - low)


def capped(line: Mapping[str, Any], raw: Value, cap: Fraction | None) -> Value:
    """A rating counts 1 at most; an unbounded value takes the cap."""
    if isinstance(raw, Missing):
        return cap if raw.code == "attainment_unbounded" and cap is not None else raw
    value = min(raw, ONE) if line["direction"] == "rating" else raw
    return value if cap is None else min(value, cap)


def curve(points: Sequence[tuple[Fraction, Fraction]], value: Value, below: Any, above: Any, step: bool = False) -> Value:
    """A value on points in ascending order; equality belongs to the later point."""
    if isinstance(value, Missing):
        return max(y for _, y in points) if value.code == "attainment_unbounded" else value
    reached = [point for point in points if value >= point[0]]
    if not reached:
        return rounded(_beyond(below, points[0], points, value), 12)
    if len(reached) == len(points):
        return rounded(points[-1][1] if value == points[-1][0] else _beyond(above, points[-1], points[::-1], value), 12)
    (x, y), (next_x, next_y) = reached[-1], points[len(reached)]
    return rounded(y if step else y + (value - x) * (next_y - y) / (next_x - x), 12)


def _beyond(rule: Any, end: tuple[Fraction, Fraction], points: Sequence[tuple[Fraction, Fraction]], value: Fraction) -> Fraction:
    if rule == "zero":
        return Fraction(0)
    if rule == "flat":
        return end[1]
    if rule == "extend":
        (x, y), (other_x, other_y) = next((one, other) for one, other in pairwise(points) if one[0] != other[0])
        slope = (other_y - y) / (other_x - x)
    else:
        slope = rule
    return end[1] + (value - end[0]) * slope


def weighted_mean(values: Sequence[tuple[Value, Fraction]]) -> Value:
    """What was left out gives its weight to the others; the first error fails the whole."""
    for value, _ in values:
        if isinstance(value, Missing) and not value.left_out:
            return value
    counting = [(value, weight) for value, weight in values if not isinstance(value, Missing)]
    weight = sum((weight for _, weight in counting), Fraction(0))
    if weight == 0:
        return Missing("no_lines")
    return rounded(sum((value * weight for value, weight in counting), Fraction(0)) / weight, 12)


def prorated(value: Fraction, period: tuple[date, date], segments: Sequence[tuple[date, date, Fraction, Fraction | None]]) -> Value:
    """Segments are first day, last day, FTE and their own value if they have one."""
    ordered = sorted(segments, key=lambda segment: segment[:2])
    if any(later[0] <= earlier[1] for earlier, later in pairwise(ordered)):
        return Missing("segments_overlap")
    days = (period[1] - period[0]).days + 1
    total = Fraction(0)
    for first, last, fte, own in segments:
        covered = max(0, (min(last, period[1]) - max(first, period[0])).days + 1)
        total += covered * fte * (value if own is None else own)
    return rounded(total / days, 12)


def tiers(
    bounds: Sequence[Fraction], rates: Sequence[Fraction], flats: Sequence[Fraction], value: Fraction, whole: bool, inclusive: bool
) -> Fraction:
    """Tiers from 0; `bounds` are the upper ends of all but the last."""
    place = sum(value > bound if inclusive else value >= bound for bound in bounds)
    if whole:
        return rounded(value * rates[place] + flats[place], 12)
    starts = [Fraction(0), *bounds]
    earned = Fraction(0)
    for number in range(place + 1):
        end = value if number == place else bounds[number]
        earned += (end - starts[number]) * rates[number] + flats[number]
    return rounded(earned, 12)
