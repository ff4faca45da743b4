"""Amount: money from a basis and the factors on it. Rounding: to the smallest unit that is paid."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from chassis.numbers import minor_digits
from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, multiplied_quotient, product
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit, finest
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of, marked
from scoring.engine.steps.arithmetic import Operands, multiplied, product_meaning
from scoring.engine.steps.step import Chosen, Scope, Step
from scoring.engine.teller import Teller, digits


class Amount(Step):
    """basis × factors, in the person's currency, rounded once."""

    kind: Literal["amount"]
    basis: Operand = Field(description="salary, target_bonus, an earlier amount, or a sum of money of the plan's currency.")
    factors: Operands = Field(description="What it is multiplied by, such as the composite.")

    def operands(self) -> Iterator[str | Decimal]:
        yield self.basis
        yield from self.factors
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        basis = scope.find(self.basis, "basis")
        if isinstance(self.basis, Decimal):
            basis = Meaning(Level.EVERYONE, Unit.MONEY, basis.low, basis.high)
        if basis.unit is not Unit.MONEY:
            raise StepProblem(
                "unit_mismatch", "basis", f'"{self.basis}" is no money; the basis is salary, target_bonus or an earlier amount.'
            )
        return product_meaning([basis, *scope.find_all(self.factors, "factors")], "factors")

    def words(self, teller: Teller) -> str:
        return " × ".join(teller.text(operand) for operand in (self.basis, *self.factors))

    def compute(self, frame: Frame, level: Level) -> Column:
        basis = frame.at(level, self.basis)
        reasons = marked(basis.reasons, basis.values == 0, Reason.basis_is_zero)
        factors = [frame.at(level, factor) for factor in self.factors]
        return multiplied([Column(basis.values, basis.places, reasons), *factors], self)


class Rounding(Chosen):
    """Rounded to the nearest multiple of a unit: 0.01, 0.05, 1, 10000, or the smallest unit of the person's currency."""

    kind: Literal["rounding"]
    to_nearest: Literal["minor_unit"] | Numeral = Field(description="The unit; minor_unit is the currency's smallest by ISO 4217.")

    zero_reason: ClassVar[str] = "rounds_to_zero"

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        if isinstance(self.to_nearest, str):
            if of.unit is not Unit.MONEY:
                raise StepProblem("unit_mismatch", "to_nearest", "Only money has a smallest unit; give a number.")
            return replace(of, level=finest([of.level, Level.PERSON]), low=of.low - 1, high=of.high + 1, among=())
        if self.to_nearest <= 0:
            raise StepProblem("not_positive", "to_nearest", "The unit is above zero.")
        unit = Fraction(self.to_nearest)
        return replace(of, low=of.low - unit, high=of.high + unit, among=())

    def words(self, teller: Teller) -> str:
        return f"{teller.text(self.of)} to the nearest {self._unit_text()}, {self.rounding.replace('_', ' ')}"

    def compute(self, frame: Frame, level: Level) -> Column:
        of = frame.at(level, self.of)
        if not isinstance(self.to_nearest, str):
            return self._to_unit(of, constant(int(self.to_nearest.scaleb(12))))
        units, unknown = _minor_units(frame, self._currency(frame))
        if level is Level.LINE:
            units, unknown = np.repeat(units, frame.counts), np.repeat(unknown, frame.counts)
        found = self._to_unit(of, units if units.size != 1 and (units != units[:1]).any() else units[:1])
        values = np.broadcast_to(found.values, unknown.shape)
        return Column(values, found.places, marked(found.reasons, unknown, Reason.currency_missing))

    def _currency(self, frame: Frame) -> str | None:
        """The currency of the amount where it is not each person's own."""
        return frame.meanings[self.of].currency if isinstance(self.of, str) else None

    def _unit_text(self) -> str:
        return "smallest unit of the currency" if isinstance(self.to_nearest, str) else digits(self.to_nearest)

    def _to_unit(self, of: Column, unit: Integers) -> Column:
        """The nearest multiple of `unit`, which is held at 12 places."""
        multiples = multiplied_quotient(of.values, constant(10 ** (12 - of.places)), unit, self.rounding)
        return Column(product(multiples, unit), 12, first_of(of.reasons)).at(self.places, self.rounding)


def _minor_units(frame: Frame, currency: str | None) -> tuple[Integers, Integers]:
    """The smallest unit of the currency, or of each person's own, at 12 places, and where there is no known currency."""
    positions, words = frame.people.words("currency")
    digits = [_digits(currency or word or frame.currency) for word in words]
    units = np.array([10 ** (12 - (digit or 0)) for digit in digits], dtype=np.int64)
    unknown = np.array([digit is None for digit in digits])
    return units[positions], unknown[positions]


def _digits(currency: str | None) -> int | None:
    try:
        return None if currency is None else minor_digits(currency)
    except ValueError:
        return None
