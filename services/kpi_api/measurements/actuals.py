"""What the values of a window add up to, and the target that they are held against. Pure; exact.

How periods combine is the definition's (domain "Dictionary"):
- total: the sum, against the target of each period times the number of periods, or the sum of its phasing, where the target is per period.
  A period cut by the window counts with its share of days.
- qualified_total (`dictionary.counting`): the numerators' sum, against the target as of a total.
- mean: the sum by the number of values; last: the newest value; ratio_of_sums: numerators by denominators (times 100 for a percentage),
  each against the target as it stands.
- share_of_periods_met: periods that met the target by periods with a value, against 1.

Null is not zero: without a value the actual is null, and a period without one is counted as missing, not as nought.
Means, ratios and shares are rounded half-up at 12 places; so is a total's target that counts cut periods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple, Self

from chassis.numbers import PLACES, from_scaled, round_half_up, rounded_quotient
from kpi_api.cycles.periods import Period
from kpi_api.dictionary.vocabulary import TOTALS

PERCENT: Final = "percent"


@dataclass(frozen=True, slots=True)
class Target:
    """A part's target as the KPI states it, per `period` or for the window."""

    part: str
    comparison: str
    value: Decimal
    value_high: Decimal | None
    baseline: Decimal | None
    threshold: Decimal | None
    stretch: Decimal | None
    unit: str
    period: str
    phasing: tuple[Decimal, ...] | None
    scale_minimum: Decimal | None
    scale_maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class Span:
    """How many periods a window has, and how many whole ones they make up where it cuts the first or last."""

    periods: int
    whole: Fraction

    @classmethod
    def of(cls, periods: Sequence[Period]) -> Self:
        return cls(len(periods), sum((period.share for period in periods), Fraction()))


class Recorded(NamedTuple):
    """The current values of a part, added up; `periods` counts those with a value, `met` those that met the target."""

    periods: int
    total: Decimal | None
    numerators: Decimal | None
    denominators: Decimal | None
    last: Decimal | None
    met: int
    last_period_end: date | None


@dataclass(frozen=True, slots=True)
class Actual:
    """A part's actual against its window target, in the target's unit. `missing` counts periods of the window that have no value."""

    part: str
    actual: Decimal | None
    comparison: str
    target: Decimal
    target_high: Decimal | None
    baseline: Decimal | None
    threshold: Decimal | None
    stretch: Decimal | None
    unit: str
    scale_minimum: Decimal | None
    scale_maximum: Decimal | None
    periods: int
    missing: int
    measured_until: date | None


def actual_of(combine: str, target: Target, span: Span, recorded: Recorded) -> Actual:
    """The actual of a part over the periods that it is measured in."""
    stated = held_against(combine, target, span)
    return Actual(
        part=target.part,
        actual=combined(combine, target.unit, recorded),
        comparison=stated.comparison,
        target=stated.value,
        target_high=stated.value_high,
        baseline=stated.baseline,
        threshold=stated.threshold,
        stretch=stated.stretch,
        unit=stated.unit,
        scale_minimum=stated.scale_minimum,
        scale_maximum=stated.scale_maximum,
        periods=span.periods,
        missing=span.periods - recorded.periods,
        measured_until=recorded.last_period_end,
    )


def combined(combine: str, unit: str, recorded: Recorded) -> Decimal | None:
    """What the values of a part with a target in this unit add up to; null without a value."""
    if recorded.periods == 0:
        return None
    match combine:
        case "total":
            return recorded.total
        case "qualified_total":
            return recorded.numerators
        case "mean":
            return None if recorded.total is None else _quotient(recorded.total, recorded.periods)
        case "last":
            return recorded.last
        case "ratio_of_sums":
            return _ratio(unit, recorded.numerators, recorded.denominators)
        case "share_of_periods_met":
            return _quotient(recorded.met, recorded.periods)
    raise ValueError(f"unknown way to combine periods: {combine}")


def _ratio(unit: str, numerators: Decimal | None, denominators: Decimal | None) -> Decimal | None:
    if numerators is None or not denominators:
        return None
    return _quotient(numerators, denominators, times=100 if unit == PERCENT else 1)


def _quotient(numerator: Decimal | int, denominator: Decimal | int, times: int = 1) -> Decimal:
    """Exact for any size, and rounded once."""
    (above, by), (below, of) = numerator.as_integer_ratio(), denominator.as_integer_ratio()
    return from_scaled(rounded_quotient(above * of * times * 10**PLACES, by * below), PLACES)


@lru_cache(maxsize=4096)
def held_against(combine: str, target: Target, span: Span) -> Target:
    """What the window's actual is held against; one template gives many people the same."""
    return _share_target(target) if combine == "share_of_periods_met" else _window_target(combine, target, span.whole)


def _window_target(combine: str, target: Target, factor: Fraction) -> Target:
    if combine not in TOTALS or target.period == "window":
        return target
    phased = sum(target.phasing, Decimal()) if target.phasing else None
    return Target(
        part=target.part,
        comparison=target.comparison,
        value=phased if phased is not None else _times(target.value, factor),
        value_high=target.value_high and _times(target.value_high, factor),
        baseline=target.baseline and _times(target.baseline, factor),
        threshold=target.threshold and _times(target.threshold, factor),
        stretch=target.stretch and _times(target.stretch, factor),
        unit=target.unit,
        period="window",
        phasing=None,
        scale_minimum=target.scale_minimum,
        scale_maximum=target.scale_maximum,
    )


def _times(value: Decimal, factor: Fraction) -> Decimal:
    return round_half_up(Fraction(value) * factor, PLACES)


def _share_target(target: Target) -> Target:
    return Target(target.part, "at_least", Decimal(1), None, None, None, None, "ratio", "window", None, None, None)
