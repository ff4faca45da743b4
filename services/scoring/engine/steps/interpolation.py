"""Interpolation: a curve whose points are figures of the line or person, such as its own threshold, target and stretch."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, multiplied_quotient, product, total
from scoring.engine.frame import Frame
from scoring.engine.meanings import LARGEST_RESULT, Level, Meaning, Unit, finest
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of, marked, only_nulls
from scoring.engine.steps.step import Chosen, Scope, later, same_currency
from scoring.engine.teller import Teller, digits

Point = tuple[Operand, Operand]


class Interpolation(Chosen):
    """Points [figure, result], such as [[threshold, 50%], [target, 100%], [stretch, 200%]]: between two points the result lies on the line
    between them (`step`: it is that of the point reached).

    The figures may differ from line to line; each line's own ascend, or descend where lower is better. A value equal to a point belongs to
    the later one; where two are equal the result jumps.
    """

    kind: Literal["interpolation"]
    points: Annotated[list[Point], Field(min_length=2, max_length=20)]
    between: Literal["linear", "step"] = "linear"
    below: Literal["zero", "flat", "extend"] = Field("zero", description="Before the first point: zero, its result, or the first slope.")
    above: Literal["zero", "flat", "extend"] = Field("flat", description="Beyond the last point: the same words.")
    upper_bounds: Literal["exclusive", "inclusive"] = Field(
        "exclusive", description="exclusive: a value equal to a point belongs to the later point; inclusive: to the earlier."
    )
    unit: Unit | None = later(None, description="money where the results are amounts written as numbers.")

    zero_reason: ClassVar[str] = "curve_pays_nothing"

    def operands(self) -> Iterator[str | Decimal]:
        yield from super().operands()
        yield from (operand for point in self.points for operand in point)

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        figures = [scope.find(x, f"points/{place}/0") for place, (x, _) in enumerate(self.points)]
        results = [scope.find(y, f"points/{place}/1") for place, (_, y) in enumerate(self.points)]
        named = [meaning for (x, _), meaning in zip(self.points, figures, strict=True) if isinstance(x, str)]
        if isinstance(self.of, str) and any(meaning.unit is not of.unit for meaning in named):
            raise StepProblem("unit_mismatch", "points", "The value and the points it is compared with are of one unit.")
        same_currency([of, *figures], "points")
        same_currency(results, "points")
        level = finest(meaning.level for meaning in (of, *figures, *results))
        if level is Level.LINE and of.level is not Level.LINE:
            raise StepProblem("level_mismatch", "points", "The points differ from line to line; this step has one value per person.")
        ends = [end for meaning in results for end in (meaning.low, meaning.high)] + [Fraction(0)]
        if "extend" in {self.below, self.above}:  # two points may lie a hair apart, so that only a cap and a floor are bounds
            ends += [Fraction(LARGEST_RESULT * 10), Fraction(-LARGEST_RESULT * 10)]
        unit = self.unit or next((m.unit for (_, y), m in zip(self.points, results, strict=True) if isinstance(y, str)), Unit.PLAIN)
        currency = next((meaning.currency for meaning in results if meaning.currency), None)
        return Meaning(level, unit, min(ends), max(ends), currency=currency)

    def words(self, teller: Teller) -> str:
        value, points = teller.value(self.of), [(teller.value(x), teller.value(y)) for x, y in self.points]
        known = [(x, y) for x, y in points if x is not None and y is not None]
        if value is None or len(known) < len(points):
            return "the points of the line"
        reached = sum(self._reaches(known)(value, x) for x, _ in known)
        if reached in {0, len(known)} and (self.below if reached == 0 else self.above) != "extend":
            side = "below the first" if reached == 0 else "at or beyond the last"
            return f"{teller.text(self.of)} lies {side} point, {digits(known[0 if reached == 0 else -1][0])}"
        (x, y), (next_x, next_y) = known[(place := min(max(reached, 1), len(known) - 1)) - 1], known[place]
        between = f"{teller.text(self.of)} against {digits(x)} and {digits(next_x)}"
        if self.between == "step":
            return f"{between}; the point reached gives {digits(y)}"
        way = f"({digits(value)} − {digits(x)}) × ({digits(next_y)} − {digits(y)}) ÷ ({digits(next_x)} − {digits(x)})"
        return f"{between}: {digits(y)} + {way}"

    def _reaches(self, points: list[tuple[Decimal, Decimal]]) -> Any:
        descending, inclusive = points[-1][0] < points[0][0], self.upper_bounds == "inclusive"
        if descending:
            return (lambda value, x: value < x) if inclusive else (lambda value, x: value <= x)
        return (lambda value, x: value > x) if inclusive else (lambda value, x: value >= x)

    def compute(self, frame: Frame, level: Level) -> Column:
        of = frame.at(level, self.of)
        figures = [frame.at(level, x) for x, _ in self.points]
        results = [frame.at(level, y) for _, y in self.points]
        reasons = first_of(*(only_nulls(column.reasons) for column in (of, *figures, *results)))
        places = max(column.places for column in (of, *figures))
        shape = np.broadcast_shapes(*(column.values.shape for column in (of, *figures, *results)))
        upward = figures[0].at(places).values <= figures[-1].at(places).values
        turned = [np.where(upward, column.at(places).values, -column.at(places).values) for column in (of, *figures)]
        value, *xs = (np.broadcast_to(values, shape) for values in turned)
        table = _Table(value, xs, results, self)
        for x, following in pairwise(xs):
            reasons = marked(reasons, np.asarray(x > following, dtype=bool), Reason.points_out_of_order)
        if self.below == "zero":
            reasons = marked(reasons, table.reached == 0, Reason.below_threshold)
        return Column(table.values(), self.places, reasons).without_nulls()


class _Table:
    """The values among their points, all turned so that they ascend."""

    def __init__(self, value: Integers, xs: list[Integers], results: list[Column], step: Interpolation) -> None:
        self._value, self._step = value, step
        self._places = max(column.places for column in results)
        self._xs = xs
        self._ys = [np.broadcast_to(column.at(self._places).values, value.shape) for column in results]
        reaches = np.greater if step.upper_bounds == "inclusive" else np.greater_equal
        self.reached: Integers = np.add.reduce([reaches(value, x).astype(np.int64) for x in self._xs])

    def values(self) -> Integers:
        count = len(self._xs)
        place = np.clip(self.reached, 1, count - 1)
        inside = self._line(place - 1) if self._step.between == "linear" else self._settled(_picked(self._ys, place - 1))
        before = self._outside(self._step.below, 0, 1, inside)
        beyond = self._outside(self._step.above, -1, -2, inside)
        if self._step.above == "zero":  # at the last point itself it still pays
            beyond = np.where(self._value == self._xs[-1], self._settled(self._ys[-1]), beyond)
        return np.where(self.reached == 0, before, np.where(self.reached == count, beyond, inside))

    def _outside(self, rule: str, end: int, neighbour: int, inside: Integers) -> Integers:
        """Beyond one end; a jump there has no slope that could go on."""
        if rule == "zero":
            return np.zeros(self._value.shape, dtype=np.int64)
        flat = self._settled(self._ys[end])
        return flat if rule == "flat" else np.where(self._xs[end] == self._xs[neighbour], flat, inside)

    def _settled(self, y: Integers) -> Integers:
        return Column(y, self._places).at(self._step.places, self._step.rounding).values

    def _line(self, place: Any) -> Integers:
        """The straight line from one point to the next, rounded once: (y × way + come × rise) ÷ way."""
        x, y = _picked(self._xs, place), _picked(self._ys, place)
        way, rise = total(_picked(self._xs, place + 1), -x), total(_picked(self._ys, place + 1), -y)
        way = np.where(way <= 0, 1, way)  # a jump, or points out of order: nothing lies between
        risen = total(product(y, way), product(total(self._value, -x), rise))
        exponent = self._step.places - self._places
        factor, extra = (10**exponent, 1) if exponent >= 0 else (1, 10**-exponent)
        return multiplied_quotient(risen, constant(factor), product(way, constant(extra)), self._step.rounding)


def _picked(columns: list[Integers], place: Any) -> Integers:
    """For each row the element of the column at its place."""
    return np.choose(place, columns) if all(column.dtype != object for column in columns) else _picked_wide(columns, place)


def _picked_wide(columns: list[Integers], place: Any) -> Integers:
    result = np.zeros(place.shape, dtype=object)
    for number, column in enumerate(columns):
        result = np.where(place == number, column, result)
    return result
