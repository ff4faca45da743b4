"""KPIs of several parts, each part with its own target: met by all, their mean, or the share of parts that are met."""

from typing import Any

import numpy as np
import pyarrow as pa

from chassis.numbers import RoundingMode
from scoring.engine.attainment.directions import by_direction
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, sums
from scoring.engine.frame import Figures
from scoring.engine.reasons import Reason, is_null


def with_parts(figures: Figures, whole: Column, combined: Flags | None, places: int, rounding: RoundingMode) -> Column:
    """The attainments of lines that are combined from parts, put in the place of their own."""
    rows = np.arange(figures.length) if combined is None else np.flatnonzero(combined)
    lists = figures.array("parts")
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
