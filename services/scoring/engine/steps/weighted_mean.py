"""Weighted mean: from the lines of a scorecard, or from named groups, to one value per person."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, product, total
from scoring.engine.frame import Frame
from scoring.engine.gathering import is_left_out, line_reasons, per_person, weight_share
from scoring.engine.meanings import Level, Meaning, Unit
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, first_of, is_null, marked, only_nulls
from scoring.engine.steps.lines import counted_lines, flags_or_none, lines_that_count, of_lines
from scoring.engine.steps.step import Scope, Selection, Step, Strict, later, places_of, same_currency
from scoring.engine.teller import Teller, digits

Empty = Literal["block", "renormalise", "zero"]


class Term(Strict):
    """One named value and its weight; weights are relative to one another. A weight may be a figure of each person, such as an input; where
    it is zero, the value is not asked for."""

    value: Operand
    weight: Operand

    @field_validator("weight")
    @classmethod
    def _weighs_something(cls, weight: str | Decimal) -> str | Decimal:
        if isinstance(weight, Decimal) and weight <= 0:
            raise PydanticCustomError("not_positive", "A weight is above zero")
        return weight


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
            yield from (operand for term in self.of for operand in (term.value, term.weight))
        else:
            yield self.of
            if self.weights == "scorecard":
                yield "weight"
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        if self.weights == "equal" and self.weights_total is not None:
            raise StepProblem("weights_unused", "weights_total", "Lines that count the same have no weights to add up.")
        return of_lines(self.of, scope, self.only) if not isinstance(self.of, list) else self._of_terms(self.of, scope)

    def _of_terms(self, terms: list[Term], scope: Scope) -> Meaning:
        meanings = [scope.find(term.value, f"of[{place}].value") for place, term in enumerate(terms)]
        if self.only is not None or self.weights != "scorecard" or self.weights_total is not None:
            raise StepProblem("level_mismatch", "only", "`only` and `weights` choose among lines; named values carry their own weights.")
        if any(meaning.level is Level.LINE for meaning in meanings):
            raise StepProblem("level_mismatch", "of", "A list names values per person; average the lines of each group first.")
        if len({meaning.unit for meaning in meanings}) > 1:
            raise StepProblem("unit_mismatch", "of", "Money and plain numbers cannot be averaged together.")
        for place, term in enumerate(terms):
            weight = scope.find(term.weight, f"of[{place}].weight")
            if weight.unit is Unit.MONEY or weight.level is Level.LINE or weight.low < 0:
                message = f'"{term.weight}" is no weight: that is a plain number of each person, never below zero.'
                raise StepProblem("no_weight", f"of/{place}/weight", message)
        same_currency(meanings, "of")
        low, high = min(meaning.low for meaning in meanings), max(meaning.high for meaning in meanings)
        return replace(meanings[0], level=Level.PERSON, low=low, high=high, among=())

    def words(self, teller: Teller) -> str:
        if isinstance(self.of, list):
            weighed = [(teller.value(term.weight) or Decimal(0), term) for term in self.of]
            known = [(weight, teller.value(term.value), term.value) for weight, term in weighed if weight]
            terms = [f"{digits(weight)} × {teller.text(operand)}" for weight, value, operand in known if value is not None]
            return f"({' + '.join(terms)}) ÷ {digits(sum((weight for weight, value, _ in known if value is not None), Decimal(0)))}"
        counted = counted_lines(teller, self.of, self.only)
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
        counting = lines_that_count(values, selected)
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
            unsaid = (weight == 0) & ~flags_or_none(failed(reasons), len(weight))
            reasons = np.where(unsaid, empty, reasons).astype(np.int8)
        return reasons

    def _mean_of_terms(self, frame: Frame, terms: list[Term]) -> Column:
        columns = [frame.column(term.value) for term in terms]
        places = max(column.places for column in columns)
        weights = [frame.column(term.weight) for term in terms]
        weight_places = max(column.places for column in weights)
        weighted, weight, reasons = constant(0), constant(0), None
        for column, given in zip(columns, weights, strict=True):
            own, null = given.at(weight_places).values, is_null(column.reasons)
            used = own if null is None else np.where(null, 0, own)
            weighted, weight = total(weighted, product(column.at(places).values, used)), total(weight, used)
            of_value = _without_left_out(column.reasons)
            if of_value is not None and not own.all():
                of_value = np.where(own == 0, 0, of_value).astype(np.int8)
            reasons = first_of(reasons, only_nulls(given.reasons), of_value)
        divisor = product(np.where(weight == 0, 1, weight), constant(10**places))
        mean = multiplied_quotient(weighted, constant(10**self.places), divisor, self.rounding)
        if (weight == 0).any():
            reasons = self._reasons_of_nothing(reasons, weight)
        return Column(mean, self.places, reasons)

    def _reasons_of_nothing(self, reasons: Any, weight: Integers) -> Any:
        empty = {"block": Reason.no_lines, "renormalise": Reason.empty_left_out, "zero": Reason.comes_to_zero}[self.empty]
        said = np.zeros(weight.shape, dtype=np.int8) if reasons is None else np.broadcast_to(reasons, weight.shape)
        return np.where((weight == 0) & ~flags_or_none(failed(said), len(said)), empty, said).astype(np.int8)


def _divisor(weight: Integers, places: int) -> Integers:
    """Total weights as a divisor that is never zero; one number where all are the same."""
    if weight.size and weight[0] > 0 and (weight == weight[0]).all():
        weight = weight[:1]
    return product(np.where(weight == 0, 1, weight), constant(10**places))


def _without_left_out(reasons: Any) -> Any:
    return None if reasons is None else np.where(is_left_out(reasons), 0, reasons).astype(np.int8)
