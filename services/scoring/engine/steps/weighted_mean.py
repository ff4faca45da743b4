"""Weighted mean and its relatives: from the lines of a scorecard, or from named groups, to one value per person."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, product, rescaled, total
from scoring.engine.frame import Frame
from scoring.engine.gathering import extreme, is_left_out, line_reasons, per_person, weight_share
from scoring.engine.meanings import Level, Meaning
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, first_of, is_null, marked
from scoring.engine.steps.step import Scope, Selection, Step, Strict, later, places_of, same_currency
from scoring.engine.teller import Teller, digits

Empty = Literal["block", "renormalise", "zero"]


class Term(Strict):
    """One named value and its weight; weights are relative to one another."""

    value: Operand
    weight: Numeral = Field(gt=0)


class WeightedMean(Step):
    """The mean of the lines' values by the scorecard's weights, or of named values by weights given here (groups, and groups of groups).

    What was left out above gives its weight to the others.
    """

    kind: Literal["weighted_mean"]
    of: Operand | Annotated[list[Term], Field(min_length=1, max_length=100)]
    only: Selection | None = Field(None, description="The lines that count; all if left out.")
    weights: Literal["scorecard", "equal"] = Field("scorecard", description="equal: every line counts the same.")
    weights_total: Numeral | None = later(
        None, gt=0, description="What the weights of a scorecard's lines add up to, such as 100%; a scorecard where they do not fails."
    )
    empty: Empty = Field(
        "block",
        description="Nothing to average: block (the person is not scored), renormalise (left out of the mean above), zero.",
    )

    zero_reason: ClassVar[str] = "nothing_attained"

    def operands(self) -> Iterator[str | Decimal]:
        if isinstance(self.of, list):
            yield from (term.value for term in self.of)
        else:
            yield self.of
            if self.weights == "scorecard":
                yield "weight"
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        if self.weights == "equal" and self.weights_total is not None:
            raise StepProblem("weights_unused", "weights_total", "Lines that count the same have no weights to add up.")
        return _of_lines(self.of, scope, self.only) if not isinstance(self.of, list) else self._of_terms(self.of, scope)

    def _of_terms(self, terms: list[Term], scope: Scope) -> Meaning:
        meanings = [scope.find(term.value, f"of[{place}].value") for place, term in enumerate(terms)]
        if self.only is not None or self.weights != "scorecard" or self.weights_total is not None:
            raise StepProblem("level_mismatch", "only", "`only` and `weights` choose among lines; named values carry their own weights.")
        if any(meaning.level is Level.LINE for meaning in meanings):
            raise StepProblem("level_mismatch", "of", "A list names values per person; average the lines of each group first.")
        if len({meaning.unit for meaning in meanings}) > 1:
            raise StepProblem("unit_mismatch", "of", "Money and plain numbers cannot be averaged together.")
        same_currency(meanings, "of")
        low, high = min(meaning.low for meaning in meanings), max(meaning.high for meaning in meanings)
        return replace(meanings[0], level=Level.PERSON, low=low, high=high, among=())

    def words(self, teller: Teller) -> str:
        if isinstance(self.of, list):
            known = [(term.weight, teller.value(term.value), term.value) for term in self.of]
            terms = [f"{digits(weight)} × {teller.text(operand)}" for weight, value, operand in known if value is not None]
            return f"({' + '.join(terms)}) ÷ {digits(sum((weight for weight, value, _ in known if value is not None), Decimal(0)))}"
        counted = _counted_lines(teller, self.of, self.only)
        weights = [weight * 100 if self.weights == "scorecard" else Decimal(1) for _, weight in counted]
        terms = [f"{digits(weight)} × {digits(value)}" for weight, (value, _) in zip(weights, counted, strict=True)]
        return f"({' + '.join(terms)}) ÷ {digits(sum(weights, Decimal(0)))}"

    def compute(self, frame: Frame, level: Level) -> Column:
        if isinstance(self.of, list):
            return self._mean_of_terms(frame, self.of)
        values = frame.at(Level.LINE, self.of)
        weights = frame.column("weight") if self.weights == "scorecard" else Column(np.ones(frame.line_count, dtype=np.int64), 0)
        return self._mean_of_lines(frame, values, weights)

    def _mean_of_lines(self, frame: Frame, values: Column, weights: Column) -> Column:
        selected = None if self.only is None else self.only.flags(frame)
        values = Column(values.values, values.places, first_of(values.reasons, weights.reasons))
        counting = _counting(values, selected)
        used = weights if counting is None else Column(weights.values * counting, weights.places)
        weight = per_person(frame, used.values)
        weighted = per_person(frame, product(np.broadcast_to(values.values, used.values.shape), used.values))
        frame.use_weight(weight_share(frame, used, weight))
        mean = multiplied_quotient(weighted, constant(10**self.places), _divisor(weight, values.places), self.rounding)
        reasons = self._reasons(frame, values, selected, mean, weight)
        return Column(mean, self.places, first_of(reasons, self._weights_off(frame, weights, selected)))

    def _weights_off(self, frame: Frame, weights: Column, selected: Flags | None) -> Any:
        """Where the weights of all lines, measured or not, do not add up to what the plan says."""
        if self.weights_total is None:
            return None
        wanted = self.weights_total
        places = max(weights.places, places_of(wanted))
        all_weights = weights.at(places).values if selected is None else np.where(selected, weights.at(places).values, 0)
        off = (per_person(frame, all_weights) != scaled(wanted, places)) & (frame.counts > 0)
        return marked(None, off, Reason.weights_off)

    def _reasons(self, frame: Frame, values: Column, selected: Flags | None, mean: Integers, weight: Integers) -> Any:
        reasons = None
        if values.reasons is not None or (mean == 0).any():
            reasons = line_reasons(frame, values, selected, mean == 0)
        if (weight == 0).any():
            empty = (
                Reason.no_lines if self.empty == "block" else Reason.empty_left_out if self.empty == "renormalise" else Reason.comes_to_zero
            )
            reasons = np.zeros(frame.person_count, dtype=np.int8) if reasons is None else reasons
            unsaid = (weight == 0) & ~_any(failed(reasons), len(weight))
            reasons = np.where(unsaid, empty, reasons).astype(np.int8)
        return reasons

    def _mean_of_terms(self, frame: Frame, terms: list[Term]) -> Column:
        columns = [frame.column(term.value) for term in terms]
        places = max(column.places for column in columns)
        weight_places = max(max(0, -int(term.weight.normalize().as_tuple().exponent)) for term in terms)
        weighted, weight, reasons = constant(0), constant(0), None
        for term, column in zip(terms, columns, strict=True):
            own = constant(int(term.weight.scaleb(weight_places)))
            null = is_null(column.reasons)
            used = own if null is None else np.where(null, 0, own)
            weighted, weight = total(weighted, product(column.at(places).values, used)), total(weight, used)
            reasons = first_of(reasons, _without_left_out(column.reasons))
        divisor = product(np.where(weight == 0, 1, weight), constant(10**places))
        mean = multiplied_quotient(weighted, constant(10**self.places), divisor, self.rounding)
        if (weight == 0).any():
            reasons = self._reasons_of_nothing(reasons, weight)
        return Column(mean, self.places, reasons)

    def _reasons_of_nothing(self, reasons: Any, weight: Integers) -> Any:
        empty = {"block": Reason.no_lines, "renormalise": Reason.empty_left_out, "zero": Reason.comes_to_zero}[self.empty]
        said = np.zeros(weight.shape, dtype=np.int8) if reasons is None else np.broadcast_to(reasons, weight.shape)
        return np.where((weight == 0) & ~_any(failed(said), len(said)), empty, said).astype(np.int8)


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
        of = _of_lines(self.of, scope, self.only)
        most = MOST_LINES * 10
        return replace(of, low=min(of.low * most, Fraction(0)), high=max(of.high * most, Fraction(0)))

    def words(self, teller: Teller) -> str:
        return (
            " + ".join(f"{digits(weight)} × {digits(value)}" for value, weight in _counted_lines(teller, self.of, self.only)) or "no line"
        )

    def compute(self, frame: Frame, level: Level) -> Column:
        values, weights = frame.at(Level.LINE, self.of), frame.column("weight")
        values = Column(values.values, values.places, first_of(values.reasons, weights.reasons))
        selected = None if self.only is None else self.only.flags(frame)
        counting = _counting(values, selected)
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
        of = _of_lines(self.of, scope, self.only)
        if self.how == "count":
            return Meaning(Level.PERSON, of.unit, Fraction(0), Fraction(MOST_LINES))
        most = MOST_LINES if self.how == "sum" else 1
        return replace(of, low=min(of.low * most, of.low), high=max(of.high * most, of.high))

    def words(self, teller: Teller) -> str:
        return f"the {self.how} of {', '.join(digits(value) for value, _ in _counted_lines(teller, self.of, self.only)) or 'no line'}"

    def compute(self, frame: Frame, level: Level) -> Column:
        values = frame.at(Level.LINE, self.of)
        selected = None if self.only is None else self.only.flags(frame)
        counting = _counting(values, selected)
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
            reasons = np.where((count == 0) & ~_any(failed(said), len(said)), Reason.no_lines, said).astype(np.int8)
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


MOST_LINES = 10_000
"""Lines of one scorecard that bounds are proven for."""


def _counted_lines(teller: Teller, of: Operand, only: Selection | None) -> list[tuple[Decimal, Decimal]]:
    """Value and weight of each line that counts for one person."""
    frame = teller.frame
    values, weights = frame.at(Level.LINE, of), frame.column("weight")
    selected = None if only is None else only.flags(frame)
    rows = range(frame.line_count) if selected is None else np.flatnonzero(selected)
    found = [(values.number(int(row)), weights.number(int(row)) or Decimal(0)) for row in rows]
    return [(value, weight) for value, weight in found if value is not None]


def _of_lines(of: Operand, scope: Scope, only: Selection | None) -> Meaning:
    meaning = scope.find(of, "of").for_lines(only)
    if meaning.level is not Level.LINE:
        raise StepProblem("level_mismatch", "of", "This needs a value per KPI line, such as an attainment.")
    return replace(meaning, level=Level.PERSON, among=())


def _divisor(weight: Integers, places: int) -> Integers:
    """Total weights as a divisor that is never zero; one number where all are the same."""
    if weight.size and weight[0] > 0 and (weight == weight[0]).all():
        weight = weight[:1]
    return product(np.where(weight == 0, 1, weight), constant(10**places))


def _counting(values: Column, selected: Flags | None) -> Flags | None:
    """The lines that count: selected and not null; None for all."""
    null = is_null(values.reasons)
    if null is None:
        return selected
    return ~null if selected is None else selected & ~null


def _without_left_out(reasons: Any) -> Any:
    return None if reasons is None else np.where(is_left_out(reasons), 0, reasons).astype(np.int8)


def _any(flags: Flags | None, length: int) -> Flags:
    return np.zeros(length, dtype=bool) if flags is None else flags
