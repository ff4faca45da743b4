"""Over everybody: a total, and a pool shared to its last unit. Steps from the first of these on work per person, no longer per line."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from chassis.numbers import rounded_quotient
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, is_wide, multiplied_quotient, narrow, product, quotient, wide
from scoring.engine.frame import Frame
from scoring.engine.meanings import LARGEST_RESULT, Level, Meaning, Unit
from scoring.engine.numerals import Name, Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, first_of, is_null, marked, spoken
from scoring.engine.steps.step import Scope, Step, later, same_currency
from scoring.engine.teller import Teller, digits


class OverEveryone(Step):
    """A step that needs everybody's values before anybody's result."""

    of: Operand
    per: Name | None = later(
        None, description="A figure per person, such as the number of a unit: those with the same value are reckoned by themselves."
    )

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        if self.per is not None:
            yield self.per
        yield from super().operands()

    def of_people(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        if of.level is not Level.PERSON:
            raise StepProblem("level_mismatch", "of", "This needs a value per person.")
        if self.per is not None and scope.find(self.per, "per").level is not Level.PERSON:
            raise StepProblem("level_mismatch", "per", "The groups are told apart by a value per person.")
        return of

    def in_own_money(self, frame: Frame) -> bool:
        """Whether money in each person's own currency is reckoned together here."""
        meanings = [frame.meanings[str(name)] for name in (self.of, self.name)]
        return any(meaning.unit is Unit.MONEY and meaning.currency is None for meaning in meanings)

    def groups(self, frame: Frame) -> tuple[list[Any], Any]:
        """The rows of each group, and the reason of whoever belongs to none, or whose money is not of the others' currency."""
        groups, outside = self._told_apart(frame)
        foreign = _foreign(frame, groups) if self.in_own_money(frame) else None
        if foreign is None or not foreign.any():
            return groups, outside
        kept = [rows[~foreign[rows]] for rows in groups]
        return [rows for rows in kept if rows.size], first_of(outside, foreign * np.int8(Reason.currency_differs))

    def _told_apart(self, frame: Frame) -> tuple[list[Any], Any]:
        """The rows of each group by `per`, and the reason of whoever belongs to none."""
        if self.per is None:
            return [np.arange(frame.person_count)], None
        column = frame.column(self.per)
        null = is_null(column.reasons)
        rows = np.arange(frame.person_count) if null is None else np.flatnonzero(~null)
        numbers = np.broadcast_to(column.values, frame.person_count)[rows]
        order = np.argsort(numbers, kind="stable")
        changes = np.flatnonzero(numbers[order][1:] != numbers[order][:-1]) + 1
        outside = None if null is None else np.where(null, spoken(column.reasons), 0).astype(np.int8)
        return [group for group in np.split(rows[order], changes) if group.size], outside


def _foreign(frame: Frame, groups: list[Any]) -> Flags:
    """Whoever is paid in another currency than the plan's; where the plan has none, everybody of a group with several."""
    positions, words = frame.people.words("currency")
    other = np.array([word not in {None, frame.currency} for word in words])
    if frame.currency is not None:
        return np.asarray(other[positions])
    found = np.zeros(frame.person_count, dtype=bool)
    for rows in groups if other.sum() > 1 else []:
        used = np.bincount(positions[rows], minlength=len(words)) > 0
        found[rows] = (used & other).sum() > 1
    return found


class Total(OverEveryone):
    """One value from everybody's: their sum, mean, lowest, highest, or how many have one. Whoever could not be computed is left out here,
    and is listed among the errors."""

    kind: Literal["total"]
    how: Literal["sum", "mean", "lowest", "highest", "count"] = later("sum")

    def meaning(self, scope: Scope) -> Meaning:
        of, most = self.of_people(scope), LARGEST_RESULT
        level = Level.EVERYONE if self.per is None else Level.PERSON
        if self.how == "count":
            return Meaning(level, Unit.PLAIN, Fraction(0), Fraction(MOST_PEOPLE))
        if self.how == "sum":
            return replace(of, level=level, low=Fraction(-most if of.low < 0 else 0), high=Fraction(most), among=())
        return replace(of, level=level, low=min(of.low, Fraction(0)), high=max(of.high, Fraction(0)), among=())

    def words(self, teller: Teller) -> str:
        among = "everybody" if self.per is None else f"everybody with the same {self.per.replace('_', ' ')}"
        return f"the {self.how} of the {str(self.of).replace('_', ' ')} of {among}"

    def in_own_money(self, frame: Frame) -> bool:
        return self.how != "count" and super().in_own_money(frame)

    def compute(self, frame: Frame, level: Level) -> Column:
        column = frame.column(self.of)
        values = np.broadcast_to(column.values, frame.person_count)
        null = is_null(column.reasons)
        counting = np.ones(frame.person_count, dtype=bool) if null is None else np.broadcast_to(~null, frame.person_count)
        groups, outside = self.groups(frame)
        found = [self._of_group(values[rows[counting[rows]]], column.places) for rows in groups]
        if self.per is None:
            number, why = (found[0], Reason.nobody_counts) if found else (None, Reason.currency_differs)
            return Column(constant(number or 0), self.places, marked(None, np.array([number is None]), why))
        given, lacking = np.zeros(frame.person_count, dtype=object), np.zeros(frame.person_count, dtype=bool)
        for rows, number in zip(groups, found, strict=True):
            given[rows], lacking[rows] = number or 0, number is None
        return Column(narrow(given), self.places, marked(outside, lacking, Reason.nobody_counts))

    def _of_group(self, values: Integers, places: int) -> int | None:
        """The value of one group at the places of the step; None where it has nobody and that matters."""
        if self.how == "count":
            return len(values) * int(10**self.places)
        if self.how != "sum" and not len(values):
            return None
        exact = {"lowest": min, "highest": max}[self.how](values.tolist()) if self.how in {"lowest", "highest"} else _sum(values)
        divisor = 10**places * (len(values) if self.how == "mean" else 1)
        return rounded_quotient(exact * 10**self.places, divisor, self.rounding)


MOST_PEOPLE: Final = 10**9


class Pool(OverEveryone):
    """A sum shared in proportion to everybody's claims, which may be money, points or shares, to its last unit.

    Each share is rounded down to the unit; the units left go to the largest remainders, ties in the order of scorecard ids. `when: over`
    shares only where the claims, exact or rounded, exceed the pool, and otherwise pays every claim as it is.
    """

    kind: Literal["pool"]
    size: Operand = Field(description="The sum to share; one value for everybody, or for all of a group.")
    when: Literal["always", "over"] = "always"
    unit_paid: Numeral = Field(Decimal("0.01"), gt=0, description="The smallest unit that is paid.")
    unit: Unit | None = later(None, description="What is shared; money if the size or the claims are, unless said.")

    zero_reason: ClassVar[str] = "pool_is_empty"

    def operands(self) -> Iterator[str | Decimal]:
        yield self.size
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of, size = self.of_people(scope), scope.find(self.size, "size")
        if size.level is Level.LINE:
            raise StepProblem("level_mismatch", "size", "The pool is one value for everybody.")
        if of.low < 0:
            raise StepProblem("negative_claims", "of", "Claims on a pool must not be negative; give the step they come from a floor of 0.")
        if self.unit_paid % Decimal(1).scaleb(-self.places):
            raise StepProblem(
                "too_many_places", "unit_paid", f"Shares in units of {digits(self.unit_paid)} need more places than {self.places}."
            )
        same_currency([of, size], "of")
        unit = self.unit or (Unit.MONEY if Unit.MONEY in {of.unit, size.unit} else Unit.PLAIN)
        if self.when == "over" and of.unit is not unit:
            raise StepProblem("unit_mismatch", "of", "Claims that are paid as they are where the pool suffices are of what is shared.")
        currency = (size.currency or of.currency) if unit is Unit.MONEY else None
        return Meaning(Level.PERSON, unit, Fraction(0), max(size.high, of.high if self.when == "over" else size.high), currency=currency)

    def words(self, teller: Teller) -> str:
        shared = f"the share of {teller.text(self.size)} in proportion to {teller.text(self.of)}"
        return f"{shared} among everybody's claims, in units of {digits(self.unit_paid)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        claims = frame.column(self.of).without_nulls()
        claims = Column(np.broadcast_to(claims.values, frame.person_count), claims.places, claims.reasons)
        size = frame.column(self.size)
        groups, outside = self.groups(frame)
        values = np.zeros(frame.person_count, dtype=np.int64)
        reasons = np.broadcast_to(spoken(first_of(outside, claims.reasons)), frame.person_count).copy()
        for rows in groups:
            paid, why = self._shared(_rows(claims, rows), _one_size(_rows(size, rows)), frame, rows)
            values = wide(values) if is_wide(paid) else values
            values[rows], reasons[rows] = paid, spoken(first_of(reasons[rows], why))
        return Column(values, self.places, reasons)

    def _shared(self, claims: Column, size: Column | None, frame: Frame, rows: Any) -> tuple[Integers, Any]:
        """The share of each claim of one group, and why it is null or zero."""
        nothing = np.zeros(len(rows), dtype=np.int64)
        if size is None:
            return nothing, np.full(len(rows), Reason.input_missing, dtype=np.int8)
        claimed, rounded = _sum(claims.values), claims.at(self.places, self.rounding)
        if self.when == "over" and _suffices(size, claims) and _suffices(size, rounded):  # also for what rounding adds
            return rounded.values, None
        units = int(size.values[0]) * 10 ** (12 - size.places) // int(self.unit_paid.scaleb(12))
        if claimed == 0:
            null = is_null(claims.reasons)
            where = np.ones(len(rows), dtype=bool) if null is None else ~null
            return nothing, marked(None, where & (units > 0), Reason.nothing_to_share)
        ids = frame.people.array("scorecard_id")
        shares = _largest_remainder(claims.values, units, claimed, None if ids is None else ids.take(pa.array(rows)))
        unit = constant(int(self.unit_paid.scaleb(12)))
        return quotient(product(shares, unit), constant(10 ** (12 - self.places)), "half_up"), None


def _rows(column: Column, rows: Any) -> Column:
    """Some rows of a column; all of one that is the same for everybody."""
    if column.values.size == 1:
        return column
    reasons = None if column.reasons is None else np.broadcast_to(column.reasons, column.values.shape)[rows]
    return Column(column.values[rows], column.places, reasons)


def _one_size(size: Column) -> Column | None:
    """The one value of a pool: everybody who gives one gives the same. None where nobody gives one, or they differ."""
    wrong = failed(size.reasons)
    known = size.values if wrong is None else size.values[~wrong]
    if not known.size or (known != known[:1]).any():
        return None
    return Column(np.maximum(known[:1], 0), size.places)


def _suffices(size: Column, claims: Column) -> bool:
    return bool(_sum(claims.values) * 10**size.places <= int(size.values[0]) * 10**claims.places)


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
