"""Over lines: one value per person from the lines of a scorecard, added by their weights or taken as they are."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np

from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, product, rescaled
from scoring.engine.frame import Frame
from scoring.engine.gathering import extreme, line_reasons, per_person
from scoring.engine.meanings import Level, Meaning
from scoring.engine.numerals import Operand
from scoring.engine.reasons import Reason, failed, first_of
from scoring.engine.steps.lines import MOST_LINES, counted_lines, flags_or_none, lines_that_count, of_lines
from scoring.engine.steps.step import Scope, Selection, Step
from scoring.engine.teller import Teller, digits


class WeightedSum(Step):
    """The sum of the lines' values, each times its weight of 100 %. What was left out counts as nothing. Credit shares are weights too."""

    kind: Literal["weighted_sum"]
    of: Operand
    only: Selection | None = None

    zero_reason: ClassVar[str] = "nothing_attained"

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        yield "weight"
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of = of_lines(self.of, scope, self.only)
        most = MOST_LINES * 10
        return replace(of, low=min(of.low * most, Fraction(0)), high=max(of.high * most, Fraction(0)))

    def words(self, teller: Teller) -> str:
        return " + ".join(f"{digits(weight)} × {digits(value)}" for value, weight in counted_lines(teller, self.of, self.only)) or "no line"

    def compute(self, frame: Frame, level: Level) -> Column:
        values, weights = frame.at(Level.LINE, self.of), frame.column("weight")
        values = Column(values.values, values.places, first_of(values.reasons, weights.reasons))
        selected = None if self.only is None else self.only.flags(frame)
        counting = lines_that_count(values, selected)
        used = weights.values if counting is None else np.where(counting, weights.values, 0)
        weighted = per_person(frame, product(np.broadcast_to(values.values, used.shape), used))
        found = rescaled(weighted, values.places + weights.places, self.places, self.rounding)
        return Column(found, self.places, line_reasons(frame, values, selected, found == 0))


class OverLines(Step):
    """One value per person from the lines' values, without weights: their sum, mean, lowest, highest, or how many there are."""

    kind: Literal["over_lines"]
    of: Operand
    how: Literal["sum", "mean", "lowest", "highest", "count"]
    only: Selection | None = None

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of = of_lines(self.of, scope, self.only)
        if self.how == "count":
            return Meaning(Level.PERSON, of.unit, Fraction(0), Fraction(MOST_LINES))
        most = MOST_LINES if self.how == "sum" else 1
        return replace(of, low=min(of.low * most, of.low), high=max(of.high * most, of.high))

    def words(self, teller: Teller) -> str:
        return f"the {self.how} of {', '.join(digits(value) for value, _ in counted_lines(teller, self.of, self.only)) or 'no line'}"

    def compute(self, frame: Frame, level: Level) -> Column:
        values = frame.at(Level.LINE, self.of)
        selected = None if self.only is None else self.only.flags(frame)
        counting = lines_that_count(values, selected)
        counting = np.ones(frame.line_count, dtype=bool) if counting is None else counting
        count = per_person(frame, counting.astype(np.int64))
        found = self._found(frame, np.broadcast_to(values.values, counting.shape), counting, count)
        column = (
            Column(found, 0 if self.how == "count" else values.places).at(self.places, self.rounding)
            if self.how != "mean"
            else Column(
                multiplied_quotient(
                    found, constant(10**self.places), product(np.maximum(count, 1), constant(10**values.places)), self.rounding
                ),
                self.places,
            )
        )
        reasons = line_reasons(frame, values, selected, column.values == 0)
        if self.how != "count" and (count == 0).any():
            said = np.zeros(frame.person_count, dtype=np.int8) if reasons is None else reasons
            reasons = np.where((count == 0) & ~flags_or_none(failed(said), len(said)), Reason.no_lines, said).astype(np.int8)
        return Column(column.values, self.places, reasons)

    def _found(self, frame: Frame, values: Integers, counting: Flags, count: Integers) -> Integers:
        match self.how:
            case "count":
                return count
            case "sum" | "mean":
                return per_person(frame, np.where(counting, values, 0))
            case "lowest":
                return extreme(frame, values, counting, np.minimum)
        return extreme(frame, values, counting, np.maximum)
