"""Attainment by direction: one rule each, over columns. What cannot be computed is null with its reason."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chassis.numbers import RoundingMode
from scoring.engine.attainment.measured import Measured
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, magnitude, multiplied_quotient, narrow, product, rescaled, total
from scoring.engine.frame import Figures
from scoring.engine.meanings import LARGEST_ATTAINMENT
from scoring.engine.reasons import Reason, first_of, marked


def by_direction(figures: Figures, places: int, rounding: RoundingMode) -> Column:
    """Raw attainment of every line from its own figures."""
    directions, words = figures.words("direction")
    span = figures.where_word("method", {"span"}) if figures.array("method") is not None else np.zeros(figures.length, dtype=bool)
    result = Column(np.zeros(figures.length, dtype=np.int64), places)
    for place, word in enumerate(words):
        of_direction = np.ones(figures.length, dtype=bool) if len(words) == 1 else directions == place
        if word in {"higher", "lower"}:
            by_span = of_direction if span is None else of_direction & span
            result = _filled(result, figures, by_span, _span, rounding)
            of_direction = of_direction & ~by_span
        if word is not None:
            result = _filled(result, figures, of_direction, _RULES[word], rounding)
    return result


def _filled(result: Column, figures: Figures, where: Flags, rule: Callable[[Measured], Column], rounding: RoundingMode) -> Column:
    """The result with the rule's answer in the rows of `where`."""
    if where.all() and where.size:
        return rule(Measured(figures, None, result.places, rounding))
    rows = np.flatnonzero(where)
    if not rows.size:
        return result
    found = rule(Measured(figures, rows, result.places, rounding))
    values = result.values.astype(found.values.dtype) if found.values.dtype == object else result.values
    values[rows] = found.values
    reasons = result.reasons
    if found.reasons is not None:
        reasons = np.zeros(figures.length, dtype=np.int8) if reasons is None else reasons
        reasons[rows] = found.reasons
    return Column(values, result.places, reasons)


def _higher(lines: Measured) -> Column:
    actual, target, reasons = _ratio_figures(lines)
    ratio = _divided(actual, target, lines)
    return _finished(ratio, reasons, lines, actual, target, larger_is_better=True)


def _lower(lines: Measured) -> Column:
    actual, target, reasons = _ratio_figures(lines)
    at_zero = actual.values == 0
    reasons = marked(reasons, at_zero, Reason.attainment_unbounded)
    divisor = Column(actual.values + at_zero, actual.places)
    return _finished(_divided(target, divisor, lines), reasons, lines, actual, target, larger_is_better=False)


def _ratio_figures(lines: Measured) -> tuple[Column, Column, Any]:
    """Actual and target, made harmless where the reasons say that there is no ratio."""
    actual, target = lines.number("actual", Reason.actual_missing), lines.number("target", Reason.target_missing)
    reasons = first_of(actual.reasons, target.reasons)
    if target.values.size and target.values.min() <= 0:
        reasons = marked(reasons, target.values <= 0, Reason.target_not_positive)
        target = Column(np.where(target.values <= 0, 1, target.values), target.places)
    if actual.values.size and actual.values.min() < 0:
        reasons = marked(reasons, actual.values < 0, Reason.actual_negative)
        actual = Column(np.where(actual.values < 0, 0, actual.values), actual.places)
    return actual, target, reasons


def _divided(numerator: Column, divisor: Column, lines: Measured) -> Integers:
    """numerator ÷ divisor at the places of the step."""
    exponent = lines.places + divisor.places - numerator.places
    factor, by = (10**exponent, 1) if exponent >= 0 else (1, 10**-exponent)
    return multiplied_quotient(
        numerator.values, constant(factor), product(divisor.values, constant(by)) if by > 1 else divisor.values, lines.rounding
    )


def _span(lines: Measured) -> Column:
    """(actual − baseline) ÷ (target − baseline)."""
    actual, target = lines.number("actual", Reason.actual_missing), lines.number("target", Reason.target_missing)
    baseline = lines.number("baseline", Reason.baseline_missing)
    reasons = first_of(actual.reasons, target.reasons, baseline.reasons)
    places = max(actual.places, target.places, baseline.places)
    start = -baseline.at(places).values
    way, gone = total(target.at(places).values, start), total(actual.at(places).values, start)
    reasons = marked(reasons, way == 0, Reason.target_equals_baseline)
    upward = way > 0
    length = np.where(way == 0, 1, np.where(upward, way, -way))
    ratio = multiplied_quotient(np.where(upward, gone, -gone), constant(10**lines.places), length, lines.rounding)
    return _finished(ratio, reasons, lines, actual, target, larger_is_better=upward)


def _finished(ratio: Integers, reasons: Any, lines: Measured, actual: Column, target: Column, larger_is_better: bool | Flags) -> Column:
    """The ratio kept inside its bounds, and below 1 where the target is not met."""
    one = 10**lines.places
    touching = np.flatnonzero(ratio == one)
    if touching.size:
        ratio[touching] -= (~_met(lines, actual, target, larger_is_better, touching)).astype(np.int64)
    largest = LARGEST_ATTAINMENT * one
    if magnitude(ratio) > largest:
        beyond = (ratio > largest) | (ratio < -largest)
        reasons = marked(reasons, beyond, Reason.value_out_of_bounds)
        ratio = np.where(beyond, 0, ratio)
    return Column(narrow(ratio), lines.places, reasons).without_nulls()


def _met(lines: Measured, actual: Column, target: Column, larger_is_better: bool | Flags, rows: NDArray[np.int64]) -> Flags:
    """Whether the target is met in these rows, with the comparison as written."""
    places = max(actual.places, target.places)
    value = Column(actual.values[rows], actual.places).at(places).values
    wanted = Column(target.values[rows], target.places).at(places).values
    upward = larger_is_better if isinstance(larger_is_better, bool) else larger_is_better[rows]
    reached: Flags = np.where(upward, value >= wanted, value <= wanted)
    strict = lines.strict()
    return reached if strict is None else reached & ~(strict[rows] & (value == wanted))


def _band(lines: Measured) -> Column:
    actual, low = lines.number("actual", Reason.actual_missing), lines.number("target", Reason.band_missing)
    high, slope = lines.number("target_high", Reason.band_missing), lines.number("slope", 0)
    reasons = first_of(actual.reasons, low.reasons, high.reasons, slope.reasons)
    places = max(actual.places, low.places, high.places)
    value, lowest, highest = (column.at(places).values for column in (actual, low, high))
    reasons = marked(reasons, lowest > highest, Reason.band_missing)
    distance = np.maximum(np.maximum(lowest - value, value - highest), 0)
    lost = rescaled(product(distance, slope.values), places + slope.places, lines.places, lines.rounding)
    one = 10**lines.places
    attained = np.where(lines.is_null("slope") & (distance > 0), 0, np.maximum(one - lost, 0))
    reasons = marked(reasons, attained == 0, Reason.outside_band)
    return Column(narrow(attained), lines.places, reasons).without_nulls()


def _milestone(lines: Measured) -> Column:
    done = lines.number("actual", Reason.actual_missing)
    late, deduction = lines.number("days_late", 0), lines.number("deduction_per_day", 0)
    reasons = first_of(done.reasons, late.reasons, deduction.reasons)
    reasons = marked(reasons, (done.values < 0) | (done.values > 10**done.places), Reason.share_outside_range)
    lost_places = late.places + deduction.places
    kept = np.maximum(10**lost_places - product(np.maximum(late.values, 0), deduction.values), 0)
    attained = rescaled(product(done.values, kept), done.places + lost_places, lines.places, lines.rounding)
    return Column(narrow(attained), lines.places, reasons).without_nulls()


def _rating(lines: Measured) -> Column:
    """actual ÷ target; without a target, (actual − minimum) ÷ (maximum − minimum)."""
    without_target = lines.is_null("target")
    if not without_target.any():
        return _rating_to_target(lines)
    position = _scale_position(lines)
    to_target = _rating_to_target(lines)
    values = np.where(without_target, position.values, to_target.values)
    nothing = np.zeros(len(values), dtype=np.int8)
    ours = [nothing if column.reasons is None else column.reasons for column in (position, to_target)]
    return Column(values, lines.places, np.where(without_target, *ours).astype(np.int8))


def _rating_to_target(lines: Measured) -> Column:
    actual, target, reasons = _ratio_figures(lines)
    low, high = lines.number("scale_minimum", 0), lines.number("scale_maximum", 0)
    places = max(actual.places, low.places, high.places)
    value = actual.at(places).values
    outside = (~lines.is_null("scale_minimum") & (value < low.at(places).values)) | (
        ~lines.is_null("scale_maximum") & (value > high.at(places).values)
    )
    reasons = marked(reasons, outside, Reason.rating_outside_scale)
    return _finished(_divided(actual, target, lines), reasons, lines, actual, target, larger_is_better=True)


def _scale_position(lines: Measured) -> Column:
    actual = lines.number("actual", Reason.actual_missing)
    low, high = lines.number("scale_minimum", Reason.scale_missing), lines.number("scale_maximum", Reason.scale_missing)
    reasons = first_of(actual.reasons, low.reasons, high.reasons)
    places = max(actual.places, low.places, high.places)
    value, lowest, highest = (column.at(places).values for column in (actual, low, high))
    reasons = marked(reasons, highest <= lowest, Reason.scale_missing)
    reasons = marked(reasons, (value < lowest) | (value > highest), Reason.rating_outside_scale)
    length = np.where(highest > lowest, highest - lowest, 1)
    position = multiplied_quotient(value - lowest, constant(10**lines.places), length, lines.rounding)
    return Column(narrow(position), lines.places, reasons).without_nulls()


def _zero_tolerance(lines: Measured) -> Column:
    actual, allowed = lines.number("actual", Reason.actual_missing), lines.number("target", 0)
    places = max(actual.places, allowed.places)
    within = actual.at(places).values <= allowed.at(places).values
    reasons = marked(first_of(actual.reasons, allowed.reasons), ~within, Reason.target_missed)
    return Column(within * np.int64(10**lines.places), lines.places, reasons).without_nulls()


_RULES: Final[dict[str, Callable[[Measured], Column]]] = {
    "higher": _higher,
    "lower": _lower,
    "band": _band,
    "milestone": _milestone,
    "rating": _rating,
    "zero_tolerance": _zero_tolerance,
}
