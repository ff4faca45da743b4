"""From the lines of a slice to its people: sums, extremes, the share each line carried, and the reason of a person's null or zero."""

from typing import Any

import numpy as np

from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, sums, wide
from scoring.engine.frame import Frame
from scoring.engine.reasons import Reason, failed


def per_person(frame: Frame, values: Integers) -> Integers:
    """The sum of each person's lines, 0 for a person without lines."""
    filled = frame.counts > 0
    if filled.all():
        return sums(values, frame.line_starts)
    result = np.zeros(frame.person_count, dtype=values.dtype)
    found = sums(values, frame.line_starts[filled])
    result = wide(result) if found.dtype == object else result
    result[filled] = found
    return result


def extreme(frame: Frame, values: Integers, counting: Flags, pick: Any) -> Integers:
    """The lowest or highest counting value of each person, 0 where there is none."""
    result = np.zeros(frame.person_count, dtype=values.dtype)
    rows = np.flatnonzero(counting)
    if rows.size:
        owner = np.repeat(np.arange(frame.person_count), frame.counts)[rows]
        people, starts = np.unique(owner, return_index=True)
        result[people] = pick.reduceat(values[rows], starts)
    return result


def weight_share(frame: Frame, used: Column, weight: Integers) -> Column | None:
    """The percent of the mean that each line carried, at 12 places; None where it is the weight itself."""
    if used is frame.values.get("weight") and weight.size and (weight == 10**used.places).all():
        return None
    each = np.repeat(np.where(weight == 0, 1, weight), frame.counts)
    return Column(multiplied_quotient(used.values, constant(10**14), each, "half_up"), 12)


def line_reasons(frame: Frame, values: Column, selected: Flags | None, is_zero: Flags) -> Any:
    """Per person: the first line's error; else, where the value is zero, the first line's reason for it."""
    if values.reasons is None:
        return None
    speaks = np.broadcast_to(values.reasons, frame.line_count)
    speaks = speaks if selected is None else speaks * selected
    result = None
    if is_zero.any():
        rows = _lines_of(frame, np.flatnonzero(is_zero))
        said = speaks[rows]
        result = _first(frame, speaks, rows[(said != 0) & ~is_left_out(said)])
    errors = failed(speaks)
    if errors is not None:
        first_error = _first(frame, speaks, np.flatnonzero(errors))
        result = first_error if result is None else np.where(first_error > 0, first_error, result)
    return result


def _lines_of(frame: Frame, people: Integers) -> Integers:
    """The rows of the lines of some people."""
    counts = frame.counts[people]
    return np.repeat(frame.line_starts[people] + counts - np.cumsum(counts), counts) + np.arange(counts.sum())


def _first(frame: Frame, reasons: Any, rows: Integers) -> Any:
    """The first reason among those of each person's lines that are in `rows`, which ascend; 0 for none."""
    result = np.zeros(frame.person_count, dtype=np.int8)
    if rows.size:
        owner = np.searchsorted(frame.line_starts, rows, side="right") - 1
        people, first = np.unique(owner, return_index=True)
        result[people] = reasons[rows[first]]
    return result


def is_left_out(reasons: Any) -> Any:
    return (reasons >= Reason.missing_left_out) & (reasons <= Reason.empty_left_out)
