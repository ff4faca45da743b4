"""A seeded year of results that looks like life: a level per person and KPI, a trend over the year, noise, and now and then a bad month.

Pure, and the same for the same seed: values are drawn with `random.Random` over whole numbers and written as decimals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from chassis.numbers import plain_text
from kpi_api.cycles.periods import Length, Period, Window, periods

SOURCE = "demo"
PERCENT_OF_WHOLE = {"percent"}


@dataclass(frozen=True)
class Course:
    """How results go: the mean share of the target that is reached, how much that grows over the year, and the noise (all as shares)."""

    level: Decimal
    trend: Decimal = Decimal(0)
    noise: Decimal = Decimal("0.06")


@dataclass(frozen=True)
class Part:
    """What is measured: one part of a KPI with its target, and how its periods combine."""

    kpi_id: str
    code: str
    direction: str
    combine: str
    target: Mapping[str, Any]
    measured_per: Length


def year_of_results(part: Part, window: Window, course: Course, seed: str) -> Iterator[tuple[date, dict[str, str]]]:
    """The last day of each period of the part, and its row for `POST /v1/measurements`."""
    random = Random(f"{seed}:{part.code}")  # noqa: S311  # a story, not a secret
    whole = periods(window, part.measured_per)
    for place, period in enumerate(whole):
        progress = Decimal(place) / Decimal(max(len(whole) - 1, 1))
        noise = Decimal(random.randint(-1000, 1000)) / 1000 * course.noise
        share = course.level + course.trend * (progress - Decimal("0.5")) + noise
        yield period.end, _row(part, period, _value(part, period, len(whole), share, random))


def _row(part: Part, period: Period, value: Decimal) -> dict[str, str]:
    row = {
        "kpi_id": part.kpi_id,
        "part": part.code,
        "period_start": period.start.isoformat(),
        "source": SOURCE,
        "source_record_id": f"{part.kpi_id}:{part.code}:{period.start}",
    }
    if part.combine != "ratio_of_sums":
        return row | {"value": plain_text(value)}
    denominator = 400 if part.target["unit"] == "percent" else 100
    scale = Decimal(denominator) / (100 if part.target["unit"] == "percent" else 1)
    return row | {"numerator": str((value * scale).quantize(Decimal(1), ROUND_HALF_UP)), "denominator": str(denominator)}


def _value(part: Part, period: Period, count: int, share: Decimal, random: Random) -> Decimal:
    """A believable value of one period, given what share of the target is reached."""
    target = Decimal(str(part.target["value"]))
    if part.direction == "zero_tolerance":
        return Decimal(1 if random.randint(1, 40) == 1 else 0)
    if part.direction == "milestone":
        return Decimal(1 if share >= Decimal("0.9") else 0) * max(target, Decimal(1))
    if part.direction == "band" or part.target["comparison"] == "within":
        return _in_band(part, share)
    if part.direction == "lower":
        return _rounded(target * (2 - share), part)
    if part.target["period"] == "window" and part.combine == "total":
        target /= count
    return _rounded(_on_scale(target * share * _fraction(period), part), part)


def _fraction(period: Period) -> Decimal:
    return Decimal(period.share.numerator) / Decimal(period.share.denominator)


def _in_band(part: Part, share: Decimal) -> Decimal:
    low, high = Decimal(str(part.target["value"])), Decimal(str(part.target["value_high"]))
    middle, half = (low + high) / 2, (high - low) / 2
    return _rounded(middle + half * (1 - share) * 6, part)


def _on_scale(value: Decimal, part: Part) -> Decimal:
    highest = part.target.get("scale_maximum") or ("100" if part.target["unit"] in PERCENT_OF_WHOLE and part.combine != "last" else None)
    return min(value, Decimal(str(highest))) if highest else value


def _rounded(value: Decimal, part: Part) -> Decimal:
    """Counts and money come whole, everything else with two digits."""
    whole = part.target["unit"] in {"count", "USD", "GBP"}
    return value.quantize(Decimal(1) if whole else Decimal("0.01"), ROUND_HALF_UP)


def window_of(kpi: Mapping[str, Any], cycle_start: date) -> Window:
    """The window of a KPI as the API shows it."""
    return Window(date.fromisoformat(kpi["window_start"]), date.fromisoformat(kpi["window_end"]), cycle_start)
