"""Running total: what a line and all lines before it come to, for whatever depends on how far the others have got."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from scoring.engine.columns import Column
from scoring.engine.exact import SAFE, is_wide, magnitude, wide
from scoring.engine.frame import Frame
from scoring.engine.gathering import is_left_out
from scoring.engine.meanings import Level, Meaning
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import only_nulls
from scoring.engine.steps.lines import MOST_LINES
from scoring.engine.steps.step import Chosen, Scope
from scoring.engine.teller import Teller, digits


class Running(Chosen):
    """The sum of `of` over this line and the scorecard's lines before it, in the order of `line`.

    What was left out adds nothing; from a line on that could not be computed there is no sum. With `only`, the other lines keep their own
    value and are not counted.
    """

    kind: Literal["running_total"]
    of: Operand

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        if of.level is not Level.LINE:
            raise StepProblem("level_mismatch", "of", "This needs a value per KPI line.")
        return replace(of, low=min(of.low * MOST_LINES, Fraction(0)), high=max(of.high * MOST_LINES, Fraction(0)), among=())

    def words(self, teller: Teller) -> str:
        column, selected = teller.frame.at(Level.LINE, self.of), None if self.only is None else self.only.flags(teller.frame)
        rows = [row for row in range(teller.row + 1) if selected is None or selected[row]]
        counted = [value for row in rows if (value := column.number(row)) is not None]
        return " + ".join(map(digits, counted)) or "no line"

    def compute(self, frame: Frame, level: Level) -> Column:
        column = frame.at(level, self.of).without_nulls()
        selected = None if self.only is None else self.only.flags(frame)
        values = column.values if selected is None else np.where(selected, column.values, 0)
        nulls = _errors(column.reasons, selected)
        if not is_wide(values) and magnitude(values) * max(len(values), 1) >= SAFE:
            values = wide(values)
        return Column(_summed(frame, values), column.places, None if nulls is None else _carried(frame, nulls)).at(
            self.places, self.rounding
        )


def _errors(reasons: Any, selected: Any) -> Any:
    """The reasons of lines that could not be computed and count."""
    nulls = only_nulls(reasons)
    if nulls is None:
        return None
    nulls = np.where(is_left_out(nulls), 0, nulls)
    return nulls if selected is None else np.where(selected, nulls, 0)


def _summed(frame: Frame, values: Any) -> Any:
    """Sums from the first line of each person on."""
    sums = np.cumsum(values)
    before = np.concatenate([np.zeros(1, dtype=sums.dtype), sums])[frame.line_starts]
    return sums - np.repeat(before, frame.counts)


def _carried(frame: Frame, reasons: Any) -> Any:
    """The reason of the first wrong line, on it and all lines after it of the same person."""
    rows = np.arange(frame.line_count)
    last_wrong = np.maximum.accumulate(np.where(reasons > 0, rows, -1))
    first_line = np.repeat(frame.line_starts, frame.counts)
    wrong = last_wrong >= first_line
    return np.where(wrong, reasons[np.maximum(last_wrong, 0)], 0).astype(np.int8)
