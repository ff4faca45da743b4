"""Tiers: a rate per band of a value, on the part inside each band (marginal) or on the whole value (whole)."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, product, rescaled, total
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit
from scoring.engine.numerals import Numeral
from scoring.engine.steps.step import Chosen, Scope, Strict, places_of
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
        places = max([of.places, *(places_of(tier.up_to) for tier in self.tiers if tier.up_to is not None)])
        values = of.at(places).values
        bounds = [scaled(tier.up_to, places) for tier in self.tiers if tier.up_to is not None]
        exact = self._marginal(values, bounds, places) if self.how == "marginal" else self._whole(values, bounds, places)
        return Column(exact.values, exact.places, of.reasons).at(self.places, self.rounding)

    def _reached(self, values: Integers, bound: int) -> Any:
        return values > bound if self.upper_bounds == "inclusive" else values >= bound

    def _marginal(self, values: Integers, bounds: list[int], places: int) -> Column:
        rate_places = max(places_of(tier.rate) for tier in self.tiers)
        flat_places = max([places + rate_places, *(places_of(tier.flat) for tier in self.tiers)])
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
        rate_places = max(places_of(tier.rate) for tier in self.tiers)
        flat_places = max([places + rate_places, *(places_of(tier.flat) for tier in self.tiers)])
        inner = bounds[: len(self.tiers) - 1]
        index = sum((self._reached(values, bound).astype(np.int64) for bound in inner), start=np.zeros(values.shape, dtype=np.int64))
        rates = np.concatenate([constant(scaled(tier.rate, rate_places)) for tier in self.tiers])
        flats = np.concatenate([constant(scaled(tier.flat, flat_places)) for tier in self.tiers])
        last = bounds[-1] if len(bounds) == len(self.tiers) else None
        counted = values if last is None else np.minimum(values, last)
        earned = rescaled(product(counted, rates.take(index)), places + rate_places, flat_places, self.rounding)
        return Column(total(earned, flats.take(index)), flat_places)
