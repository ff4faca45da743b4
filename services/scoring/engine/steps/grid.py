"""Grid: a table read by two values, by the cell they have reached or by the place between four cells."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers, constant, multiplied_quotient, product, total
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit, finest
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of, is_null, marked
from scoring.engine.steps.step import Scope, Step, later, places_of
from scoring.engine.teller import Teller, digits

Starts = Annotated[list[Numeral], Field(min_length=1, max_length=100)]


class Grid(Step):
    """A table read by two values: the row and the column each value has reached, or with `between: linear` the place between four cells.

    A value equal to a bound belongs to the higher row or column. Beyond the last it is the last; below the first, what `below` says.
    """

    kind: Literal["grid"]
    row: Operand = Field(description="The value that chooses the row.")
    column: Operand = Field(description="The value that chooses the column.")
    rows: Starts = Field(description="Where each row begins, ascending.")
    columns: Starts = Field(description="Where each column begins, ascending.")
    cells: list[list[Numeral]] = Field(description="One list per row, one number per column.")
    between: Literal["step", "linear"] = later("step", description="step: the cell that is reached; linear: interpolated both ways.")
    below: Literal["first", "zero"] = later("first", description="Below the first row or column: the first, or nothing.")
    upper_bounds: Literal["exclusive", "inclusive"] = later(
        "exclusive", description="exclusive: a value equal to a bound belongs to the higher row or column; inclusive: to the lower."
    )
    unit: Unit = Unit.PLAIN

    @model_validator(mode="after")
    def _is_a_table(self) -> "Grid":
        for starts in (self.rows, self.columns):
            if any(following <= start for start, following in pairwise(starts)):
                raise PydanticCustomError("grid_order", "Rows and columns begin in ascending order")
        if len(self.cells) != len(self.rows) or any(len(cells) != len(self.columns) for cells in self.cells):
            raise PydanticCustomError("grid_shape", "The grid needs one list of cells per row and one number per column")
        return self

    def operands(self) -> Iterator[str | Decimal]:
        yield from (self.row, self.column)
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        level = finest([scope.find(self.row, "row").level, scope.find(self.column, "column").level])
        numbers = [Fraction(number) for cells in self.cells for number in cells] + ([Fraction(0)] if self.below == "zero" else [])
        if any(places_of(number) > self.places for cells in self.cells for number in cells):
            raise StepProblem("too_many_places", "cells", f"The cells have more than the {self.places} places the step is rounded to.")
        return Meaning(level, self.unit, min(numbers), max(numbers))

    def words(self, teller: Teller) -> str:
        row, column = teller.value(self.row), teller.value(self.column)
        if self.between == "step" or row is None or column is None:
            return f"the cell of {teller.text(self.row)} and {teller.text(self.column)}"
        (top, above, below, height), (left, before, after, width) = _place(row, self.rows), _place(column, self.columns)
        low, right = min(top + 1, len(self.rows) - 1), min(left + 1, len(self.columns) - 1)
        corners = [(top, left, below, after), (low, left, above, after), (top, right, below, before), (low, right, above, before)]
        weighed = [f"{digits(self.cells[of_row][of_column])} × {one} × {other}" for of_row, of_column, one, other in corners]
        return f"{teller.text(self.row)} and {teller.text(self.column)} between four cells: ({' + '.join(weighed)}) ÷ ({height} × {width})"

    def compute(self, frame: Frame, level: Level) -> Column:
        row, column = frame.at(level, self.row), frame.at(level, self.column)
        down, across = _Axis(row, self.rows, self.upper_bounds), _Axis(column, self.columns, self.upper_bounds)
        values = self._interpolated(down, across) if self.between == "linear" else self._cells(down.reached(), across.reached())
        reasons = first_of(row.reasons, column.reasons)
        if self.below == "first":
            return Column(values, self.places, reasons)
        outside = down.before() | across.before()
        null = is_null(reasons)
        reasons = marked(reasons, outside if null is None else outside & ~null, Reason.below_threshold)
        return Column(np.where(outside, 0, values), self.places, reasons)

    def _cells(self, row: Any, column: Any) -> Integers:
        flat = np.concatenate([constant(scaled(number, self.places)) for cells in self.cells for number in cells])
        found: Integers = flat.take(row * len(self.columns) + column)
        return found

    def _interpolated(self, down: "_Axis", across: "_Axis") -> Integers:
        """The four cells around, each by the part of the rectangle that lies opposite; rounded once."""
        row, column = down.piece(), across.piece()
        (below, above, height), (left, right, width) = down.parts(row), across.parts(column)
        next_row, next_column = np.minimum(row + 1, len(self.rows) - 1), np.minimum(column + 1, len(self.columns) - 1)
        corners = [(row, column, above, right), (next_row, column, below, right)]
        corners += [(row, next_column, above, left), (next_row, next_column, below, left)]
        weighed: Integers = constant(0)
        for of_row, of_column, one, other in corners:
            weighed = total(weighed, product(self._cells(of_row, of_column), product(one, other)))
        return multiplied_quotient(weighed, constant(1), product(height, width), self.rounding)


def _place(value: Decimal, starts: list[Decimal]) -> tuple[int, str, str, str]:
    """The row or column before the value, and in words its way from there, to the next, and the whole between them."""
    value = min(max(value, starts[0]), starts[-1])
    number = max([place for place, start in enumerate(starts[:-1]) if value >= start], default=0)
    if len(starts) == 1:
        return 0, "0", "1", "1"
    first, last = starts[number], starts[number + 1]
    return number, f"({digits(value)} − {digits(first)})", f"({digits(last)} − {digits(value)})", f"({digits(last)} − {digits(first)})"


class _Axis:
    """One side of the table: where each value stands among the starts of its rows or columns."""

    def __init__(self, value: Column, starts: list[Decimal], upper_bounds: str) -> None:
        places = max([value.places, *map(places_of, starts)])
        self._values, self._starts = value.at(places).values, [scaled(start, places) for start in starts]
        self._reaches = np.greater if upper_bounds == "inclusive" else np.greater_equal

    def before(self) -> Flags:
        """Where not even the first is reached."""
        return ~self._reaches(self._values, self._starts[0]).astype(bool)

    def reached(self) -> Any:
        """The last row or column each value has reached, the first where it reached none."""
        reached = sum(self._reaches(self._values, start).astype(np.int64) for start in self._starts)
        return np.maximum(reached - 1, 0)

    def piece(self) -> Any:
        """The row or column each value lies after, so that there is one after it."""
        return np.minimum(self.reached(), max(len(self._starts) - 2, 0))

    def parts(self, piece: Any) -> tuple[Integers, Integers, Integers]:
        """How far each value has come from its row or column, how far it is to the next, and the way between them."""
        starts = np.concatenate([constant(start) for start in [*self._starts, self._starts[-1] + 1]])
        first, last = starts.take(piece), starts.take(piece + 1)
        values = np.clip(self._values, self._starts[0], self._starts[-1])
        come = total(values, -first)
        way = total(last, -first)
        return come, total(way, -come), way
