"""Over everybody: a total, and a pool shared to its last unit. Steps from the first of these on work per person, no longer per line."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, multiplied_quotient, product, quotient, wide
from scoring.engine.frame import Frame
from scoring.engine.meanings import LARGEST_RESULT, Level, Meaning, Unit
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, is_null, marked
from scoring.engine.steps.step import Scope, Step
from scoring.engine.teller import Teller, digits


class OverEveryone(Step):
    """A step that needs everybody's values before anybody's result."""

    of: Operand

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        yield from super().operands()

    def of_people(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        if of.level is not Level.PERSON:
            raise StepProblem("level_mismatch", "of", "This needs a value per person.")
        return of


class Total(OverEveryone):
    """The sum of everybody's values. Whoever could not be computed counts as nothing here, and is listed among the errors."""

    kind: Literal["total"]

    def meaning(self, scope: Scope) -> Meaning:
        of = self.of_people(scope)
        most = LARGEST_RESULT
        return Meaning(Level.EVERYONE, of.unit, Fraction(-most if of.low < 0 else 0), Fraction(most))

    def words(self, teller: Teller) -> str:
        return f"the sum of everybody's {str(self.of).replace('_', ' ')}"

    def compute(self, frame: Frame, level: Level) -> Column:
        column = frame.column(self.of).without_nulls()
        return Column(constant(_sum(np.broadcast_to(column.values, frame.person_count))), column.places).at(self.places, self.rounding)


class Pool(OverEveryone):
    """A sum shared in proportion to everybody's claims, to its last unit.

    Each share is rounded down to the unit; the units left go to the largest remainders, ties in the order of scorecard ids. `when: over`
    shares only where the claims exceed the pool, and otherwise pays every claim as it is.
    """

    kind: Literal["pool"]
    size: Operand = Field(description="The sum to share; one value for everybody.")
    when: Literal["always", "over"] = "always"
    unit_paid: Numeral = Field(Decimal("0.01"), gt=0, description="The smallest unit that is paid.")

    zero_reason: ClassVar[str] = "pool_is_empty"

    def operands(self) -> Iterator[str | Decimal]:
        yield self.size
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of, size = self.of_people(scope), scope.find(self.size, "size")
        if of.unit is not Unit.MONEY and size.unit is Unit.MONEY:
            raise StepProblem("unit_mismatch", "of", "Money is shared in proportion to claims in money.")
        if size.level is Level.LINE:
            raise StepProblem("level_mismatch", "size", "The pool is one value for everybody.")
        if of.low < 0:
            raise StepProblem("negative_claims", "of", "Claims on a pool must not be negative; give the step they come from a floor of 0.")
        return Meaning(Level.PERSON, of.unit, Fraction(0), max(size.high, of.high))

    def words(self, teller: Teller) -> str:
        shared = f"the share of {teller.text(self.size)} in proportion to {teller.text(self.of)}"
        return f"{shared} among everybody's claims, in units of {digits(self.unit_paid)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        claims = frame.column(self.of).without_nulls()
        values = np.broadcast_to(claims.values, frame.person_count)
        size, reasons = self._size(frame), claims.reasons
        if size is None:
            return Column(np.zeros(len(values), dtype=np.int64), self.places, np.full(len(values), Reason.input_missing, dtype=np.int8))
        claimed = _sum(values)
        if self.when == "over" and claimed * 10**size.places <= int(size.values[0]) * 10**claims.places:
            return Column(values, claims.places, reasons).at(self.places, self.rounding)
        unit = int(self.unit_paid.scaleb(12))
        units = constant(int(size.values[0]) * 10 ** (12 - size.places) // unit)
        if claimed == 0:
            null = is_null(reasons)
            where = np.ones(len(values), dtype=bool) if null is None else ~null
            return Column(
                np.zeros(len(values), dtype=np.int64), self.places, marked(reasons, where & (units[0] > 0), Reason.nothing_to_share)
            )
        shares = _largest_remainder(values, int(units[0]), claimed, frame.people.array("scorecard_id"))
        return Column(quotient(product(shares, constant(unit)), constant(10 ** (12 - self.places)), "half_up"), self.places, reasons)

    def _size(self, frame: Frame) -> Column | None:
        """The one value of the pool: everybody who gives one gives the same. None where nobody gives one, or they differ."""
        size = frame.column(self.size)
        wrong = failed(size.reasons)
        values = np.broadcast_to(size.values, 1 if size.values.size == 1 else frame.person_count)
        known = values if wrong is None else values[~np.broadcast_to(wrong, values.shape)]
        if not known.size or (known != known[:1]).any():
            return None
        return Column(np.maximum(known[:1], 0), size.places)


def _sum(values: Integers) -> int:
    """Exact, whatever the size."""
    if values.dtype == object or not values.size:
        return int(sum(values.tolist()))
    high, low = values >> 31, values & (2**31 - 1)  # each half's sum fits 64 bits for two thousand million people
    return int(high.sum()) * 2**31 + int(low.sum())


def _largest_remainder(claims: Integers, units: int, claimed: int, scorecards: Any) -> Integers:
    """Whole units in proportion to the claims, which are not negative, with nothing left over."""
    shares = multiplied_quotient(claims, constant(units), constant(claimed), "floor")
    left = units - _sum(shares)
    if left:
        remainders = wide(claims) * units - wide(shares) * claimed
        ids = np.asarray(scorecards.cast("string").to_pylist(), dtype=object)
        shares = shares.copy()
        order = sorted(np.flatnonzero(claims > 0), key=lambda row: (-remainders[row], ids[row]))
        shares[order[:left]] += 1
    return shares
