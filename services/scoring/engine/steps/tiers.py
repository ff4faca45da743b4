"""Tiers: a rate per band of a value, on the part inside each band (marginal) or on the whole value (whole); and a grid of two values."""

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
from scoring.engine.exact import Integers, constant, product, rescaled, total
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit, finest
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import first_of
from scoring.engine.steps.step import Chosen, Scope, Step, Strict
from scoring.engine.teller import Teller, digits


class Tier(Strict):
    """One band: up to where it goes (left out: without end), what each unit in it earns, and what reaching it earns."""

    up_to: Numeral | None = None
    rate: Numeral = Decimal(0)
    flat: Numeral = Decimal(0)


class Tiers(Chosen):
    """marginal: every tier that is reached pays its rate on the part of the value inside it, and its flat sum. whole: the tier the value
    lies in pays its rate on the whole value, and its flat sum. The first tier begins at 0 and is always reached.
    """

    kind: Literal["tiers"]
    how: Literal["marginal", "whole"]
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=1000)]
    upper_bounds: Literal["exclusive", "inclusive"] = Field(
        "exclusive", description="exclusive: a value equal to a bound belongs to the higher tier; inclusive: to the lower."
    )
    unit: Unit | None = Field(None, description="money where the rates give amounts; the unit of the value if left out.")

    @model_validator(mode="after")
    def _bounds_ascend(self) -> "Tiers":
        bounds = [tier.up_to for tier in self.tiers]
        inner = [bound for bound in bounds[:-1] if bound is not None]
        if len(inner) != len(bounds) - 1:
            raise PydanticCustomError("tier_gap", "Only the last tier may be without end")
        if any(later <= earlier for earlier, later in zip([Decimal(0), *inner], [*inner, *bounds[-1:]], strict=False) if later is not None):
            raise PydanticCustomError("tier_order", "Each tier ends above the one before, and the first above 0")
        return self

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        size = of.size * max(abs(Fraction(tier.rate)) for tier in self.tiers) + sum(abs(Fraction(tier.flat)) for tier in self.tiers)
        unit = self.unit or of.unit
        return Meaning(of.level, unit, -size, size, currency=of.currency if unit is of.unit else None)

    def words(self, teller: Teller) -> str:
        value = teller.value(self.of)
        if value is None or self.how == "whole":
            return f"the tier that {teller.text(self.of)} lies in, on the whole of it"
        parts, start = [], Decimal(0)
        for place, tier in enumerate(self.tiers):
            if place and not (value > start if self.upper_bounds == "inclusive" else value >= start):
                break
            inside = value - start if tier.up_to is None else min(value, tier.up_to) - start
            parts.append(f"{digits(inside)} × {digits(tier.rate)}" + (f" + {digits(tier.flat)}" if tier.flat else ""))
            start = tier.up_to or start
        return " + ".join(parts)

    def compute(self, frame: Frame, level: Level) -> Column:
        of = frame.at(level, self.of)
        places = max([of.places, *(_places(tier.up_to) for tier in self.tiers if tier.up_to is not None)])
        values = of.at(places).values
        bounds = [scaled(tier.up_to, places) for tier in self.tiers if tier.up_to is not None]
        exact = self._marginal(values, bounds, places) if self.how == "marginal" else self._whole(values, bounds, places)
        return Column(exact.values, exact.places, of.reasons).at(self.places, self.rounding)

    def _reached(self, values: Integers, bound: int) -> Any:
        return values > bound if self.upper_bounds == "inclusive" else values >= bound

    def _marginal(self, values: Integers, bounds: list[int], places: int) -> Column:
        rate_places = max(_places(tier.rate) for tier in self.tiers)
        flat_places = max([places + rate_places, *(_places(tier.flat) for tier in self.tiers)])
        result, start = constant(0), 0
        for place, tier in enumerate(self.tiers):
            end = bounds[place] if place < len(bounds) else None
            inside = np.maximum(values - start, 0) if place else values
            inside = inside if end is None else np.minimum(inside, end - start)
            earned = rescaled(product(inside, constant(scaled(tier.rate, rate_places))), places + rate_places, flat_places, self.rounding)
            reached = np.ones(values.shape, dtype=bool) if place == 0 else self._reached(values, start)
            flat = product(reached.astype(np.int64), constant(scaled(tier.flat, flat_places)))
            result, start = total(result, total(earned, flat)), end or 0
        return Column(result, flat_places)

    def _whole(self, values: Integers, bounds: list[int], places: int) -> Column:
        rate_places = max(_places(tier.rate) for tier in self.tiers)
        flat_places = max([places + rate_places, *(_places(tier.flat) for tier in self.tiers)])
        inner = bounds[: len(self.tiers) - 1]
        index = sum((self._reached(values, bound).astype(np.int64) for bound in inner), start=np.zeros(values.shape, dtype=np.int64))
        rates = np.concatenate([constant(scaled(tier.rate, rate_places)) for tier in self.tiers])
        flats = np.concatenate([constant(scaled(tier.flat, flat_places)) for tier in self.tiers])
        last = bounds[-1] if len(bounds) == len(self.tiers) else None
        counted = values if last is None else np.minimum(values, last)
        earned = rescaled(product(counted, rates.take(index)), places + rate_places, flat_places, self.rounding)
        return Column(total(earned, flats.take(index)), flat_places)


class Grid(Step):
    """A table read by two values: the row and the column each value has reached; below the first it is the first.

    A value equal to a bound belongs to the higher row or column.
    """

    kind: Literal["grid"]
    row: Operand = Field(description="The value that chooses the row.")
    column: Operand = Field(description="The value that chooses the column.")
    rows: Annotated[list[Numeral], Field(min_length=1, max_length=100)] = Field(description="Where each row begins, ascending.")
    columns: Annotated[list[Numeral], Field(min_length=1, max_length=100)] = Field(description="Where each column begins, ascending.")
    cells: list[list[Numeral]] = Field(description="One list per row, one number per column.")
    unit: Unit = Unit.PLAIN

    @model_validator(mode="after")
    def _is_a_table(self) -> "Grid":
        for starts in (self.rows, self.columns):
            if any(later <= earlier for earlier, later in pairwise(starts)):
                raise PydanticCustomError("grid_order", "Rows and columns begin in ascending order")
        if len(self.cells) != len(self.rows) or any(len(cells) != len(self.columns) for cells in self.cells):
            raise PydanticCustomError("grid_shape", "The grid needs one list of cells per row and one number per column")
        return self

    def operands(self) -> Iterator[str | Decimal]:
        yield from (self.row, self.column)
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        level = finest([scope.find(self.row, "row").level, scope.find(self.column, "column").level])
        numbers = [Fraction(number) for cells in self.cells for number in cells]
        if any(_places(number) > self.places for cells in self.cells for number in cells):
            raise StepProblem("too_many_places", "cells", f"The cells have more than the {self.places} places the step is rounded to.")
        return Meaning(level, self.unit, min(numbers), max(numbers))

    def words(self, teller: Teller) -> str:
        return f"the cell of {teller.text(self.row)} and {teller.text(self.column)}"

    def compute(self, frame: Frame, level: Level) -> Column:
        row, column = frame.at(level, self.row), frame.at(level, self.column)
        flat = np.concatenate([constant(scaled(number, self.places)) for cells in self.cells for number in cells])
        index = _begun(row, self.rows) * len(self.columns) + _begun(column, self.columns)
        return Column(flat.take(index), self.places, first_of(row.reasons, column.reasons))


def _begun(value: Column, starts: list[Decimal]) -> Any:
    """The last row or column each value has reached, the first where it reached none."""
    places = max([value.places, *(_places(start) for start in starts)])
    values = value.at(places).values
    reached = sum((values >= scaled(start, places)).astype(np.int64) for start in starts)
    return np.maximum(reached - 1, 0)


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))
