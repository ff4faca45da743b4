"""Curve: from what was attained to what it pays, by points read from a list."""

import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import RoundingMode, rounded, scaled
from scoring.engine.columns import Column
from scoring.engine.exact import SAFE, Integers, constant, is_wide, magnitude, product, quotient, total
from scoring.engine.frame import Frame
from scoring.engine.meanings import LARGEST_RESULT, Level, Meaning, Unit
from scoring.engine.numerals import Numeral
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, code_where, spoken
from scoring.engine.steps.step import Chosen, Scope, Strict, later
from scoring.engine.teller import Teller, digits

Point = tuple[Numeral, Numeral]
Side = Literal["zero", "flat", "extend"]


class Slope(Strict):
    """A straight line of its own beyond the curve."""

    slope: Numeral = Field(description="How much the result changes for each 1 that the value moves in the direction of the points.")


class Curve(Chosen):
    """Points [value, result] in the order in which results are earned: ascending values, or descending where lower is better.

    A value equal to a point belongs to the later point, unless `upper_bounds` says otherwise; two points that share a value make a jump.
    """

    kind: Literal["curve"]
    points: Annotated[list[Point], Field(min_length=1, max_length=1000)]
    between: Literal["linear", "step"] = Field("linear", description="linear: interpolated; step: the result of the point reached.")
    below: Side | Slope = Field(
        "zero", description="Before the first point: zero, flat (its result), extend (the first slope), or a slope."
    )
    above: Side | Slope = Field("flat", description="Beyond the last point: the same words.")
    upper_bounds: Literal["exclusive", "inclusive"] = later(
        "exclusive", description="exclusive: a value equal to a point belongs to the later point; inclusive: to the earlier."
    )
    unit: Unit = Field(Unit.PLAIN, description="money where the results are amounts.")

    zero_reason: ClassVar[str] = "curve_pays_nothing"

    @model_validator(mode="after")
    def _points_in_order(self) -> "Curve":
        values = [point[0] for point in self.points]
        steps = [later - earlier for earlier, later in pairwise(values)]
        if any(step < 0 for step in steps) and any(step > 0 for step in steps):
            raise PydanticCustomError("curve_order", "The values of the points go up and down; list them ascending or descending")
        if any(values.count(value) > 2 for value in set(values)):
            raise PydanticCustomError("curve_order", "At most two points may share a value (a jump)")
        extends = "extend" in (self.below, self.above)
        if extends and (self.between == "step" or len(set(values)) < 2):
            raise PydanticCustomError(
                "curve_extend", "extend continues a slope, so the curve needs two different values and must be linear"
            )
        return self

    @property
    def descending(self) -> bool:
        return self.points[0][0] > self.points[-1][0]

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        pieces = _pieces(self)
        worst, best = (of.high, of.low) if self.descending else (of.low, of.high)
        results = [Fraction(point[1]) for point in self.points]
        results += [pieces[0].at(worst), pieces[-1].at(best)]
        if max(map(abs, results)) > LARGEST_RESULT:
            raise StepProblem("plan_bounds", "points", "The curve could pay more than can be held; let it end flat or give it a cap.")
        return Meaning(of.level, self.unit, min(results), max(results))

    def words(self, teller: Teller) -> str:
        value = teller.value(self.of)
        if value is None:
            return f"the best of the curve, {digits(self._best())}"
        reached = sum(self.reaches()(value, x) for x, _ in self.points)
        if reached in {0, len(self.points)}:
            return self._words_outside(teller, value, self.below if reached == 0 else self.above, self.points[-1 if reached else 0])
        (x, y), (next_x, next_y) = self.points[reached - 1], self.points[reached]
        between = f"{teller.text(self.of)} lies between {digits(x)} and {digits(next_x)}"
        if self.between == "step":
            return f"{between}; the point reached gives {digits(y)}"
        way = f"({digits(value)} − {digits(x)}) × ({digits(next_y)} − {digits(y)}) ÷ ({digits(next_x)} − {digits(x)})"
        return f"{between}: {digits(y)} + {way}"

    def _words_outside(self, teller: Teller, value: Decimal, rule: Side | Slope, point: Point) -> str:
        """Beyond one end of the curve, with the arithmetic where it goes on."""
        side = "below the first" if point is self.points[0] else "at or beyond the last"
        where = f"{teller.text(self.of)} lies {side} point, {digits(point[0])}"
        if rule in {"zero", "flat"} or value == point[0]:
            return where
        piece = _pieces(self)[0 if point is self.points[0] else -1]
        slope = digits(Decimal(piece.slope.numerator) / Decimal(piece.slope.denominator))
        return f"{where}: {digits(point[1])} + ({digits(value)} − {digits(point[0])}) × {slope}"

    def compute(self, frame: Frame, level: Level) -> Column:
        of = frame.at(level, self.of)
        table = _table(tuple(_pieces(self)), of.places, self.places)
        index = _reached(of, self)
        values = table.results(of.values, index, self.rounding)
        if self.above == "zero" and self.upper_bounds == "exclusive":
            values = self._with_last_point(values, of)
        reasons = of.reasons
        if reasons is not None:
            values, reasons = self._best_where_unbounded(values, reasons)
        if self.below == "zero" and index.size and index.min() == 0:
            reasons = _marked_below(reasons, index == 0)
        return Column(values, self.places, reasons)

    def reaches(self) -> Any:
        """How a value is compared with a point that it may have reached."""
        inclusive = self.upper_bounds == "inclusive"
        if self.descending:
            return operator.lt if inclusive else operator.le
        return operator.gt if inclusive else operator.ge

    def _with_last_point(self, values: Integers, of: Column) -> Integers:
        """Nothing is paid beyond the last point; at the point itself it still pays."""
        x, y = self.points[-1]
        at_point = of.values == x.scaleb(of.places)
        return np.where(at_point, scaled(rounded(y, self.places, self.rounding), self.places), values)

    def _best(self) -> Decimal:
        """The best point, or the cap where the curve goes on rising up to it."""
        best = max(point[1] for point in self.points)
        rises = _pieces(self)[-1].slope > 0 and not self.descending
        return max(best, self.cap) if rises and isinstance(self.cap, Decimal) else best

    def _best_where_unbounded(self, values: Integers, reasons: Any) -> tuple[Integers, Any]:
        """A lower-is-better value of zero takes the best of the curve."""
        unbounded = reasons == Reason.attainment_unbounded
        if not unbounded.any():
            return values, reasons
        best = scaled(rounded(self._best(), self.places, self.rounding), self.places)
        return np.where(unbounded, best, values), np.where(unbounded, 0, reasons).astype(np.int8)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A straight piece of the curve: value × slope + constant."""

    slope: Fraction
    constant: Fraction

    def at(self, value: Fraction) -> Fraction:
        return value * self.slope + self.constant


def _through(x: Decimal, y: Decimal, slope: Fraction) -> _Piece:
    return _Piece(slope, Fraction(y) - slope * Fraction(x))


@lru_cache(maxsize=256)
def _pieces_of(points: tuple[Point, ...], between: str, below: Any, above: Any) -> tuple[_Piece, ...]:
    """One piece before the first point, one from each point to the next, one beyond the last."""
    inner = [
        _through(x, y, Fraction(0) if between == "step" or x == later_x else Fraction(later_y - y) / Fraction(later_x - x))
        for (x, y), (later_x, later_y) in pairwise(points)
    ]
    sloping = [piece for piece, (x, _), (later_x, _) in zip(inner, points, points[1:], strict=False) if x != later_x]
    direction = -1 if points[0][0] > points[-1][0] else 1
    first = _outside(below, points[0], sloping[0] if sloping else None, direction)
    last = _outside(above, points[-1], sloping[-1] if sloping else None, direction)
    return (first, *inner, last)


def _outside(rule: Any, point: Point, neighbour: _Piece | None, direction: int) -> _Piece:
    match rule:
        case "zero":
            return _Piece(Fraction(0), Fraction(0))
        case "extend" if neighbour is not None:
            return neighbour
        case Slope(slope=slope):
            return _through(*point, Fraction(slope) * direction)
    return _through(*point, Fraction(0))


def _pieces(curve: Curve) -> tuple[_Piece, ...]:
    return _pieces_of(tuple(curve.points), curve.between, curve.below, curve.above)


def _reached(of: Column, curve: Curve) -> Integers:
    """How many points each value has reached: 0 before the first, all of them from the last on."""
    index = np.zeros(of.values.shape, dtype=np.int8 if len(curve.points) < 128 else np.int16)  # small, so that little is moved
    reaches = curve.reaches()
    for x, _ in curve.points:
        places = max(0, -int(x.normalize().as_tuple().exponent))
        point = int(x.scaleb(max(places, of.places)))
        values = of.values if places <= of.places else of.at(places).values
        index += reaches(values, point).view(np.int8)
    return index


@dataclass(frozen=True, slots=True)
class _Table:
    """The pieces over scaled integers: result = (value × slope + constant) ÷ divisor."""

    slopes: Integers
    constants: Integers
    divisors: Integers

    def results(self, values: Integers, index: Integers, rounding: RoundingMode) -> Integers:
        index = index.astype(np.intp)  # what NumPy takes by; from anything smaller it converts anew each time, and slowly
        slopes, constants = self.slopes.take(index, mode="clip"), self.constants.take(index, mode="clip")  # unchecked, all are inside
        if not is_wide(values) and magnitude(values) * magnitude(self.slopes) + magnitude(self.constants) < SAFE:
            numerator = np.multiply(values, slopes, out=slopes)
            numerator += constants
        else:
            numerator = total(product(values, slopes), constants)
        return quotient(numerator, self.divisors if self.divisors.size == 1 else self.divisors.take(index), rounding, in_place=True)


@lru_cache(maxsize=256)
def _table(pieces: tuple[_Piece, ...], value_places: int, places: int) -> _Table:
    slopes = [piece.slope * 10**places / 10**value_places for piece in pieces]
    constants = [piece.constant * 10**places for piece in pieces]
    divisors = [lcm(slope.denominator, start.denominator) for slope, start in zip(slopes, constants, strict=True)]
    shared = lcm(*divisors)
    if shared <= 10**4:
        divisors = [shared] * len(pieces)
    return _Table(
        _column([int(slope * divisor) for slope, divisor in zip(slopes, divisors, strict=True)]),
        _column([int(start * divisor) for start, divisor in zip(constants, divisors, strict=True)]),
        _column(divisors[:1] if len(set(divisors)) == 1 else divisors),
    )


def _column(numbers: list[int]) -> Integers:
    return np.concatenate([constant(number) for number in numbers])


_VAGUE = [Reason.nothing_attained, Reason.rounds_to_zero, Reason.comes_to_zero]


def _marked_below(reasons: Any, below: Any) -> Any:
    """Below the threshold is why, unless the value above already said something more particular."""
    if reasons is not None:
        reasons = reasons * ~np.isin(reasons, _VAGUE)
        below = below & (reasons == 0)
    return spoken(reasons) + code_where(below, Reason.below_threshold)
