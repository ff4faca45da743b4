"""How far a KPI got: one exact number per line, 1 being the target, by the KPI's direction.

- higher: actual ÷ target. lower: target ÷ actual; at actual 0 there is no finite ratio (`attainment_unbounded`), and a cap or a curve gives
  its best. Both need a target above 0 and an actual of 0 or more, else the definition measures the span from a baseline:
  (actual − baseline) ÷ (target − baseline), in either direction.
- band: 1 from `target` to `target_high`, both included; outside 1 − distance × `slope`, never below 0; without a slope 0.
- milestone: the share done (1 is done), less `deduction_per_day` for each of `days_late`, never below 0.
- rating: actual ÷ target, counting 1 at most; without a target the position on the scale.
- zero_tolerance: 1 up to the target (0 if there is none), else 0.
- parts: each by these rules; `all` takes the lowest, `mean` the mean, `count` the share of parts that attained 1.

An attainment of 1 or more says that the target is met, with the comparison as written: "below 6" is not met at 6. So a ratio that reaches 1
without that, by equality or by rounding, is one unit of its last place less.

Rules: "Individual KPIs by Role" and, for the field's standard forms, the published plans in tests/cases.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

from chassis.numbers import RoundingMode
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, narrow, product, rescaled, sums, total
from scoring.engine.frame import Figures
from scoring.engine.meanings import LARGEST_ATTAINMENT
from scoring.engine.reasons import Reason, first_of, is_null, marked

PART_FIELDS: Final = "parts"


class Measured(Protocol):
    """Lines that agree in direction: their figures, by name."""

    places: int
    rounding: RoundingMode

    def number(self, name: str, missing: int) -> Column: ...
    def is_null(self, name: str) -> Flags: ...
    def strict(self) -> Flags | None: ...


class _Selected:
    """Some of the lines of a slice: `rows` are their positions, None for all."""

    def __init__(self, figures: Figures, rows: Integers | None, places: int, rounding: RoundingMode) -> None:
        self._figures, self._rows, self.places, self.rounding = figures, rows, places, rounding

    def number(self, name: str, missing: int) -> Column:
        column = self._figures.number(name, missing)
        if self._rows is None:
            return column
        reasons = None if column.reasons is None else column.reasons[self._rows]
        return Column(column.values[self._rows], column.places, reasons)

    def is_null(self, name: str) -> Flags:
        null = self._figures.null(name)
        return null if self._rows is None else null[self._rows]

    def strict(self) -> Flags | None:
        """Where equality does not meet the target; None for nowhere."""
        positions, words = self._figures.words("comparison")
        strict = [place for place, word in enumerate(words) if word in {"above", "below"}]
        if not strict:
            return None
        found = np.isin(positions, strict)
        return found if self._rows is None else found[self._rows]


def attainment(figures: Figures, places: int, rounding: RoundingMode) -> Column:
    """Raw attainment of every line at `places`. Errors are reasons: `actual_missing`, `target_missing`, `target_not_positive`, ..."""
    whole = by_direction(figures, places, rounding)
    combined = figures.where_word("combine", {"all", "mean", "count"})
    if combined is not None and not combined.any():
        return whole
    return _with_parts(figures, whole, combined, places, rounding)


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
        return rule(_Selected(figures, None, result.places, rounding))
    rows = np.flatnonzero(where)
    if not rows.size:
        return result
    found = rule(_Selected(figures, rows, result.places, rounding))
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


def _finished(ratio: Integers, reasons: Any, lines: Measured, actual: Column, target: Column, larger_is_better: Any) -> Column:
    """The ratio kept inside its bounds, and below 1 where the target is not met."""
    one = 10**lines.places
    touching = ratio == one
    if touching.any():
        ratio = ratio - (touching & ~_met(lines, actual, target, larger_is_better))
    largest = LARGEST_ATTAINMENT * one
    if ratio.size and (ratio.max() > largest or ratio.min() < -largest):
        beyond = (ratio > largest) | (ratio < -largest)
        reasons = marked(reasons, beyond, Reason.value_out_of_bounds)
        ratio = np.where(beyond, 0, ratio)
    return Column(narrow(ratio), lines.places, reasons).without_nulls()


def _met(lines: Measured, actual: Column, target: Column, larger_is_better: Any) -> Flags:
    """Whether the target is met, with the comparison as written."""
    places = max(actual.places, target.places)
    value, wanted = actual.at(places).values, target.at(places).values
    reached = np.where(larger_is_better, value >= wanted, value <= wanted)
    strict = lines.strict()
    return reached if strict is None else reached & ~(strict & (value == wanted))


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


def _with_parts(figures: Figures, whole: Column, combined: Flags | None, places: int, rounding: RoundingMode) -> Column:
    """The attainments of lines that are combined from parts, put in the place of their own."""
    rows = np.arange(figures.length) if combined is None else np.flatnonzero(combined)
    lists = figures.array(PART_FIELDS)
    counts = np.zeros(figures.length, dtype=np.int64)
    if lists is not None and not pa.types.is_null(lists.type):
        counts = np.asarray(lists.value_lengths().fill_null(0)).astype(np.int64)
    with_parts = rows[counts[rows] > 0]
    values, reasons = whole.values.copy(), _copy(whole.reasons, figures.length)
    values[rows], reasons[rows] = 0, Reason.parts_missing
    if with_parts.size:
        struct = lists.take(pa.array(with_parts)).flatten()  # type: ignore[union-attr]
        columns = {struct.type.field(place).name: struct.field(place) for place in range(struct.type.num_fields)}
        attained = by_direction(Figures(columns, 0, len(struct)), places, rounding)
        values[with_parts], reasons[with_parts] = _combined(attained, counts[with_parts], figures, with_parts, places, rounding)
    return Column(values, places, reasons if reasons.any() else None)


def _combined(attained: Column, counts: Integers, figures: Figures, rows: Integers, places: int, rounding: RoundingMode) -> tuple[Any, Any]:
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    positions, words = figures.words("combine")
    how = np.array([word or "" for word in words])[positions[rows]]
    lowest = np.minimum.reduceat(attained.values, starts)
    mean = multiplied_quotient(sums(attained.values, starts), constant(1), counts, rounding)
    met = sums((attained.values >= 10**places).astype(np.int64), starts)
    share = multiplied_quotient(met, constant(10**places), counts, rounding)
    values = np.where(how == "all", lowest, np.where(how == "mean", mean, share))
    reasons = np.zeros(len(rows), dtype=np.int8)
    null = is_null(attained.reasons)
    if null is not None and attained.reasons is not None:
        failing = np.where(null, attained.reasons, np.iinfo(np.int8).max)
        first = np.minimum.reduceat(failing, starts)
        reasons = np.where(first == np.iinfo(np.int8).max, 0, first).astype(np.int8)
    return np.where(reasons > 0, 0, values), reasons


def _copy(reasons: Any, length: int) -> Any:
    return np.zeros(length, dtype=np.int8) if reasons is None else reasons.copy()
