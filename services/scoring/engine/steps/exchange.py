"""Rates of exchange of a plan: by policy, from one currency into another, each from a day on until the next begins."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final

import numpy as np
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import constant
from scoring.engine.numerals import Currency, Name, Numeral
from scoring.engine.reasons import Reason
from scoring.engine.steps.step import Strict, places_of

LARGEST_RATE: Final = 10**9


def _read_day(value: Any) -> Any:
    if isinstance(value, str | date):
        return value
    raise PydanticCustomError("date_format", "Write a day as 2025-03-31")


Day = Annotated[date, BeforeValidator(_read_day, json_schema_input_type=str)]


class Rate(Strict):
    """One unit of `of` is `rate` of `into`, from the day on."""

    policy: Name = Field(description="Whose rates these are, such as compensation (fixed for a year) or market (of each month).")
    of: Currency
    into: Currency
    starts_on: Day
    rate: Numeral = Field(gt=0, le=LARGEST_RATE)


class Exchange:
    """The rates of one policy, looked up for many at once."""

    def __init__(self, rates: Sequence[Rate], policy: str) -> None:
        self._rates: dict[tuple[str, str], list[Rate]] = {}
        for rate in sorted((rate for rate in rates if rate.policy == policy), key=lambda rate: rate.starts_on):
            self._rates.setdefault((rate.of, rate.into), []).append(rate)
        self.places = max((places_of(rate.rate) for known in self._rates.values() for rate in known), default=0)

    def between(self, of: str | None, into: str | None) -> list[Rate]:
        """What could be used where one of the currencies is still open (None)."""
        known = [rates for (source, target), rates in self._rates.items() if of in {None, source} and into in {None, target}]
        return [rate for rates in known for rate in rates]

    def largest(self, of: str | None, into: str | None) -> Fraction:
        """No rate between them is larger; 1 where a currency is converted into itself."""
        return max([Fraction(1), *(Fraction(rate.rate) for rate in self.between(of, into))])

    def on(self, of: str, into: str, days: Any) -> Column:
        """The rate on each day (as days since 1970); null by `rate_missing` before the first."""
        if of == into:
            return Column(np.broadcast_to(constant(10**self.places), days.shape), self.places)
        rates = self._rates.get((of, into), [])
        starts = np.array([(rate.starts_on - date(1970, 1, 1)).days for rate in rates], dtype=np.int64)
        reached = np.searchsorted(starts, days, side="right")
        numbers = np.concatenate([constant(0), *(constant(scaled(Decimal(rate.rate), self.places)) for rate in rates)])
        return Column(numbers.take(reached), self.places, (reached == 0) * np.int8(Reason.rate_missing))
