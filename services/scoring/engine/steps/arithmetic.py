"""Multiply, add, subtract, divide, minimum, maximum, first known: arithmetic on figures and earlier steps, rounded once per step."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product as combinations
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from scoring.engine.columns import Column
from scoring.engine.exact import constant, multiplied_quotient, product, rescaled, total
from scoring.engine.frame import Frame, chosen
from scoring.engine.meanings import Level, Meaning, Unit, finest
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of, is_null, marked, only_nulls
from scoring.engine.steps.step import Scope, Selection, Selective, Step, later, same_currency
from scoring.engine.teller import Teller

Operands = Annotated[list[Operand], Field(min_length=1, max_length=100)]


class Several(Selective):
    """A step over several values. Per line, `only` names the lines it is for; the others keep the first value."""

    of: Operands
    only: Selection | None = later(None, description="The lines it is for; the others keep the first value of `of`.")

    def operands(self) -> Iterator[str | Decimal]:
        yield from self.of
        yield from super().operands()

    def changed(self) -> str | Decimal:
        return self.of[0]

    def columns(self, frame: Frame, level: Level) -> list[Column]:
        return [frame.at(level, operand) for operand in self.of]

    def alike(self, scope: Scope) -> tuple[list[Meaning], Meaning]:
        """The meanings of values that must share a unit, and one without bounds of what they make; a plain number of the plan takes the
        unit of the others."""
        meanings = scope.find_all(self.of, "of")
        units = {meaning.unit for operand, meaning in zip(self.of, meanings, strict=True) if isinstance(operand, str)} or {Unit.PLAIN}
        if len(units) > 1:
            raise StepProblem("unit_mismatch", "of", "Money and plain numbers do not go together here.")
        same_currency(meanings, "of")
        currency = next((meaning.currency for meaning in meanings if meaning.currency), None)
        return meanings, Meaning(finest(meaning.level for meaning in meanings), units.pop(), Fraction(0), Fraction(0), currency=currency)


class Multiply(Several):
    """The product of several values, rounded once. At most one of them is money."""

    kind: Literal["multiply"]

    def meaning(self, scope: Scope) -> Meaning:
        return product_meaning(scope.find_all(self.of, "of"), "of")

    def words(self, teller: Teller) -> str:
        return " × ".join(teller.text(operand) for operand in self.of)

    def compute(self, frame: Frame, level: Level) -> Column:
        return multiplied(self.columns(frame, level), self)


class Add(Several):
    """The sum of several values."""

    kind: Literal["add"]

    def meaning(self, scope: Scope) -> Meaning:
        meanings, like = self.alike(scope)
        return replace(like, low=sum((m.low for m in meanings), Fraction(0)), high=sum((m.high for m in meanings), Fraction(0)))

    def words(self, teller: Teller) -> str:
        return " + ".join(teller.text(operand) for operand in self.of)

    def compute(self, frame: Frame, level: Level) -> Column:
        columns = self.columns(frame, level)
        places = max(column.places for column in columns)
        result = columns[0].at(places).values
        for column in columns[1:]:
            result = total(result, column.at(places).values)
        return Column(result, places, first_of(*(column.reasons for column in columns))).at(self.places, self.rounding)


class Subtract(Several):
    """The first value less all the others, such as what was earned in the year so far less what was paid."""

    kind: Literal["subtract"]
    of: Annotated[list[Operand], Field(min_length=2, max_length=100)]

    zero_reason: ClassVar[str] = "already_paid"

    def meaning(self, scope: Scope) -> Meaning:
        meanings, like = self.alike(scope)
        first, rest = meanings[0], meanings[1:]
        return replace(like, low=first.low - sum(m.high for m in rest), high=first.high - sum(m.low for m in rest))

    def words(self, teller: Teller) -> str:
        return " − ".join(teller.text(operand) for operand in self.of)

    def compute(self, frame: Frame, level: Level) -> Column:
        columns = self.columns(frame, level)
        places = max(column.places for column in columns)
        result = columns[0].at(places).values
        for column in columns[1:]:
            result = total(result, -column.at(places).values)
        nulls = [only_nulls(column.reasons) for column in columns[1:]]
        return Column(result, places, first_of(columns[0].reasons, *nulls)).at(self.places, self.rounding)


class Divide(Step):
    """One value divided by another, rounded once. Where the divisor is zero there is no result, and the row says so."""

    kind: Literal["divide"]
    of: Operand
    by: Operand

    def operands(self) -> Iterator[str | Decimal]:
        yield from (self.of, self.by)
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of, by = scope.find(self.of, "of"), scope.find(self.by, "by")
        if by.unit is Unit.MONEY and of.unit is not Unit.MONEY:
            raise StepProblem("unit_mismatch", "by", "A plain number cannot be divided by money.")
        if by.low == by.high == 0:
            raise StepProblem("division_by_zero", "by", "This divides by zero.")
        same_currency([of, by], "by")
        unit = Unit.PLAIN if by.unit is of.unit else of.unit
        currency = of.currency if unit is Unit.MONEY else None
        smallest = min(abs(by.low), abs(by.high)) if by.low * by.high > 0 else Fraction(1, 10**12)
        high = size = of.size / smallest
        if self.cap is not None and isinstance(self.cap, Decimal):
            high = min(size, max(Fraction(self.cap), Fraction(0)))
        low = -size if of.low < 0 or by.low < 0 else Fraction(0)
        return Meaning(finest([of.level, by.level]), unit, low, high, currency=currency)

    def words(self, teller: Teller) -> str:
        return f"{teller.text(self.of)} ÷ {teller.text(self.by)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        of, by = frame.at(level, self.of), frame.at(level, self.by)
        of_values, by_values = np.broadcast_arrays(of.values, by.values)
        nulls = marked(first_of(only_nulls(of.reasons), only_nulls(by.reasons)), by_values == 0, Reason.division_by_zero)
        reasons = first_of(nulls, of.reasons)
        sign = np.where(by_values < 0, -1, 1)
        divisor = np.where(by_values == 0, 1, by_values * sign)
        exponent = self.places + by.places - of.places
        factor, extra = (10**exponent, 1) if exponent >= 0 else (1, 10**-exponent)
        values = multiplied_quotient(of_values * sign, constant(factor), product(divisor, constant(extra)), self.rounding)
        return Column(values, self.places, reasons)


class Minimum(Several):
    """The smallest of several values."""

    kind: Literal["minimum"]

    def meaning(self, scope: Scope) -> Meaning:
        meanings, like = self.alike(scope)
        return replace(like, low=min(m.low for m in meanings), high=min(m.high for m in meanings))

    def words(self, teller: Teller) -> str:
        return f"the smallest of {', '.join(teller.text(operand) for operand in self.of)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        return _picked(self.columns(frame, level), np.less).at(self.places, self.rounding)


class Maximum(Several):
    """The largest of several values, such as an amount and its guarantee."""

    kind: Literal["maximum"]

    def meaning(self, scope: Scope) -> Meaning:
        meanings, like = self.alike(scope)
        return replace(like, low=max(m.low for m in meanings), high=max(m.high for m in meanings))

    def words(self, teller: Teller) -> str:
        return f"the largest of {', '.join(teller.text(operand) for operand in self.of)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        return _picked(self.columns(frame, level), np.greater).at(self.places, self.rounding)


class FirstKnown(Several):
    """The first of several values that is there. Zero is a value; only what is absent is passed over."""

    kind: Literal["first_known"]

    def meaning(self, scope: Scope) -> Meaning:
        meanings, like = self.alike(scope)
        return replace(like, low=min(m.low for m in meanings), high=max(m.high for m in meanings))

    def words(self, teller: Teller) -> str:
        return f"the first that is there of {', '.join(teller.text(operand) for operand in self.of)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        columns = self.columns(frame, level)
        result = columns[-1]
        for column in reversed(columns[:-1]):
            null = is_null(column.reasons)
            result = column if null is None else chosen(~null, column, result)
        return result.at(self.places, self.rounding)


def product_meaning(meanings: list[Meaning], field: str) -> Meaning:
    """What a product of these means: money if one of them is."""
    if sum(meaning.unit is Unit.MONEY for meaning in meanings) > 1:
        raise StepProblem("unit_mismatch", field, "Money times money is nothing that can be paid.")
    unit = Unit.MONEY if any(meaning.unit is Unit.MONEY for meaning in meanings) else Unit.PLAIN
    low = high = Fraction(1)
    for meaning in meanings:
        ends = [one * other for one, other in combinations((low, high), (meaning.low, meaning.high))]
        low, high = min(ends), max(ends)
    currency = next((meaning.currency for meaning in meanings if meaning.currency), None)
    return Meaning(finest(meaning.level for meaning in meanings), unit, low, high, currency=currency)


def multiplied(columns: list[Column], step: Step) -> Column:
    """The product at the step's places: exact up to the last factor, and rounded once there."""
    exact, last = columns[0], columns[-1]
    if len(columns) == 1:
        return exact.at(step.places, step.rounding)
    reasons = first_of(*(column.reasons for column in columns))
    values, places = exact.values, exact.places
    for column in columns[1:-1]:
        values, places = product(values, column.values), places + column.places
    exponent = step.places - places - last.places
    if exponent >= 0:
        return Column(rescaled(product(values, last.values), 0, exponent, step.rounding), step.places, reasons)
    return Column(multiplied_quotient(values, last.values, constant(10**-exponent), step.rounding), step.places, reasons)


def _picked(columns: list[Column], better: Any) -> Column:
    """The best of the columns, element by element, with the reason of the one picked; a null anywhere makes a null."""
    result = columns[0]
    for column in columns[1:]:
        places = max(result.places, column.places)
        picked = better(column.at(places).values, result.at(places).values)
        nulls = first_of(only_nulls(result.reasons), only_nulls(column.reasons))
        result = chosen(picked, column, result)
        result = Column(result.values, result.places, first_of(nulls, result.reasons))
    return result
