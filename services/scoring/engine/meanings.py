"""What a figure or step stands for, known before any number is: where it lives, its unit, and between which bounds it must lie.

The plan is checked with these alone, so that a plan that would overflow or add money to a ratio is refused when saved, not when paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

LARGEST_FACT: Final = 10**15
"""No figure of a KPI that an attainment is reckoned from is larger; one that is makes a row-level `value_out_of_bounds`."""
LARGEST_OPERAND: Final = 10**12
"""No figure that a step of the plan reckons with itself, such as `actual` in a curve, is larger."""
LARGEST_SUM: Final = 10**13
"""No salary, target bonus or input of money is larger; the currency with the smallest unit in use needs less."""
LARGEST_ATTAINMENT: Final = 10**6
"""A million times the target; at 12 places that still fits 64 bits."""
LARGEST_RESULT: Final = 10**25
"""What decimal128(38, 12) holds with a digit to spare."""


class Level(StrEnum):
    """Where a value lives: one per KPI line, one per person (each scorecard), or one for everybody."""

    LINE = "line"
    PERSON = "person"
    EVERYONE = "everyone"


class Unit(StrEnum):
    """A plain number (a ratio, a count, a rating) or an amount of money in the person's currency."""

    PLAIN = "plain"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Level, unit and proven bounds of one value. `among` holds narrower bounds among the lines of a selection, latest first; `currency` is
    that of money which is in one whoever is paid it, None of money in each person's own."""

    level: Level
    unit: Unit
    low: Fraction
    high: Fraction
    among: tuple[tuple[Any, Fraction, Fraction], ...] = ()
    currency: str | None = None

    def scaled(self, places: int) -> tuple[int, int]:
        """The bounds in units of 10**-places."""
        unit = 10**places
        return self.low.numerator * unit // self.low.denominator, self.high.numerator * unit // self.high.denominator

    def for_lines(self, selection: Any) -> "Meaning":
        """What it means among the selected lines alone."""
        found = next(((low, high) for known, low, high in self.among if known == selection), None)
        return self if found is None else replace(self, low=found[0], high=found[1], among=())

    @property
    def size(self) -> Fraction:
        return max(abs(self.low), abs(self.high))


def plain(level: Level, low: int | Fraction, high: int | Fraction) -> Meaning:
    return Meaning(level, Unit.PLAIN, Fraction(low), Fraction(high))


def money(level: Level, low: int | Fraction, high: int | Fraction) -> Meaning:
    return Meaning(level, Unit.MONEY, Fraction(low), Fraction(high))


def finest(levels: Iterable[Level]) -> Level:
    """The level of a value made from several: a line's where one of them is a line's."""
    present = set(levels)
    return next(level for level in (Level.LINE, Level.PERSON, Level.EVERYONE) if level in present)


LINE_FACTS: Final = {
    name: plain(Level.LINE, -LARGEST_OPERAND, LARGEST_OPERAND)
    for name in ("actual", "last_actual", "target", "target_high", "baseline", "threshold", "stretch")
} | {"weight": plain(Level.LINE, 0, 10), "credit_share": plain(Level.LINE, 0, 1)}
"""Figures of each KPI line; `weight` and `credit_share` as ratios, so 30.00 % is 0.3. What nobody divided is credited whole, with 1."""

PERSON_FACTS: Final = {
    "salary": money(Level.PERSON, 0, LARGEST_SUM),
    "target_bonus": money(Level.PERSON, 0, LARGEST_SUM),
    "target_bonus_share": plain(Level.PERSON, 0, 1000),
    "rating": plain(Level.PERSON, -LARGEST_OPERAND, LARGEST_OPERAND),
}
"""Figures of each person; `target_bonus` is the given amount, else salary × share."""
PAY_FACTS: Final = frozenset({"salary", "target_bonus", "target_bonus_share"})
