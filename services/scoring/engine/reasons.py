"""Why a value is missing or zero: one short list of stable codes, each with its sentence.

Three kinds, in this order, so that a comparison of numbers tells them apart: an error (the value is null, the person's result fails), left
out (the value is null because the plan says to go on without it), zero (the value is zero, and this is why).
"""

from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Reasons = NDArray[Any] | None
"""One Reason per element as int8, 0 where there is nothing to say; None when there is nothing to say anywhere."""


class Reason(IntEnum):
    """A code and its sentence; the number only orders them."""

    sentence: str

    def __new__(cls, sentence: str) -> "Reason":
        reason = int.__new__(cls, len(cls.__members__) + 1)
        reason._value_ = len(cls.__members__) + 1
        reason.sentence = sentence
        return reason

    # errors
    actual_missing = "There is no measured value, and the plan does not go on without one."
    nothing_to_hold = "There is no measured value and no earlier one to hold."
    target_missing = "There is no target to compare with."
    target_not_positive = "A ratio needs a target above zero; give a baseline and measure the span from it."
    actual_negative = "A ratio needs a value of zero or more; give a baseline and measure the span from it."
    target_equals_baseline = "The target equals the baseline, so there is no span to measure."
    baseline_missing = "The definition measures the span from a baseline, and there is none."
    band_missing = "A band needs a lower and a higher edge, the lower one first."
    scale_missing = "A rating without a target needs the two ends of its scale, the lower one first."
    rating_outside_scale = "The rating lies outside its scale."
    share_outside_range = "The done share of a milestone lies between 0 and 1."
    parts_missing = "The KPI is combined from parts and has none."
    value_out_of_bounds = "A number is larger than the engine or the plan accepts."
    attainment_unbounded = "A value of zero where lower is better has no finite ratio; give the attainment a cap or a curve."
    weight_missing = "The line has no weight."
    no_lines = "There is no KPI line to score, or none in the components that the plan names."
    no_pay_basis = "The pay facts that the plan asks for are not there."
    currency_missing = "There is no known currency (ISO 4217) to round in."
    currency_differs = "The person's currency is not the plan's, or not that of the others whose money this is reckoned from."
    input_missing = "A figure that the plan asks for is not there."
    period_missing = "Proration needs the period and at least its first and last day in order."
    condition_unknown = "A figure the gate depends on is not there."
    segment_ends_before_start = "A segment of the assignment ends before it starts."
    segments_overlap = "Two segments of the assignment overlap."
    division_by_zero = "The plan divides by a figure that is zero here."
    nobody_counts = "Nobody has the value that everybody's is reckoned from."
    rate_missing = "There is no rate for the person's currency on that date."
    points_out_of_order = "The points that the line's own figures make do not ascend or descend."
    weights_off = "The weights of the scorecard do not add up to what the plan says."
    nothing_to_share = "A pool is to be shared and all claims on it are zero."
    # left out
    missing_left_out = "There is no measured value; the plan leaves the line out and the other weights take its place."
    empty_left_out = "There is no line of this kind; the plan leaves it out and the other weights take its place."
    # zero
    missing_counts_zero = "There is no measured value; the plan counts it as zero."
    nothing_attained = "Nothing was attained."
    target_missed = "The target was missed, and it counts all or nothing."
    outside_band = "The value lies outside the band."
    below_threshold = "The value lies below the first point of the curve."
    curve_pays_nothing = "The curve pays nothing at this value."
    gate_not_met = "The gate was not met."
    slice_forfeited = "Only the part above the gate counts, and there is none."
    limited_to_zero = "A cap or floor of the plan leaves zero."
    not_assigned = "No day of the period is covered by an assignment."
    basis_is_zero = "The amount it is reckoned from is zero."
    already_paid = "What is taken away leaves nothing, as when everything earned so far has been paid."
    rounds_to_zero = "The amount is smaller than the smallest unit it is rounded to."
    pool_is_empty = "There is nothing in the pool."
    comes_to_zero = "The step comes to zero."


_FIRST_LEFT_OUT: Final = int(Reason.missing_left_out)
_FIRST_ZERO: Final = int(Reason.missing_counts_zero)
CODES: Final = tuple(reason.name for reason in Reason)
"""CODES[number - 1] is the code of a Reason."""
_SILENCE: Final = np.zeros(1, dtype=np.int8)


def spoken(reasons: Reasons) -> NDArray[Any]:
    """The reasons as an array that broadcasts, also where there are none."""
    return _SILENCE if reasons is None else reasons


def is_null(reasons: Reasons) -> NDArray[np.bool_] | None:
    """Where the value is null; None for nowhere."""
    if reasons is None:
        return None
    null = (reasons > 0) & (reasons < _FIRST_ZERO)
    return null if null.any() else None


def failed(reasons: Reasons) -> NDArray[np.bool_] | None:
    """Where the value could not be computed; None for nowhere."""
    if reasons is None:
        return None
    errors = (reasons > 0) & (reasons < _FIRST_LEFT_OUT)
    return errors if errors.any() else None


def first_of(*all_reasons: Reasons) -> Reasons:
    """What to say of a value made from several: a null before a zero, an earlier operand before a later one."""
    given = [reasons for reasons in all_reasons if reasons is not None]
    if len(given) <= 1:
        return given[0] if given else None
    combined = np.broadcast_arrays(*given)
    result = combined[-1].copy()
    for reasons in reversed(combined[:-1]):
        speaks = (reasons > 0) & ((reasons < _FIRST_ZERO) | (result == 0) | (result >= _FIRST_ZERO))
        result[speaks] = reasons[speaks]
    return result


def only_nulls(reasons: Reasons) -> Reasons:
    """The reasons of nulls alone: a zero taken away or divided by explains nothing about the result."""
    null = is_null(reasons)
    return None if null is None or reasons is None else np.where(null, reasons, 0).astype(np.int8)


def marked(reasons: Reasons, where: NDArray[np.bool_], reason: int) -> Reasons:
    """The same reasons, with `reason` where nothing was said yet."""
    if not where.any():
        return reasons
    result = np.zeros(where.shape, dtype=np.int8) if reasons is None else np.broadcast_to(reasons, where.shape).copy()
    result[where & (result == 0)] = reason
    return result


def settled(reasons: Reasons, is_zero: NDArray[np.bool_], reason: int) -> Reasons:
    """Reasons that agree with the values: a null speaks for itself, a zero has a reason (`reason` if none was given), the rest none."""
    if reasons is None:
        return code_where(is_zero, reason) if is_zero.any() else None
    said = reasons * (is_zero | (reasons < _FIRST_ZERO))
    said = said + (is_zero & (said == 0)) * np.int8(reason)
    return said if said.any() else None


def code_where(where: NDArray[np.bool_], reason: int) -> NDArray[Any]:
    """The reason where the flag is set, and silence elsewhere."""
    return where * np.int8(reason)
