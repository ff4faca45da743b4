"""What values add up to, by each way of combining periods, against the window target."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi_api.cycles.periods import Window, periods
from kpi_api.measurements.actuals import Actual, Recorded, Span, Target, actual_of

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1))
MONTHS = Span.of(periods(YEAR, "month"))


def target(value: str = "10", **given: object) -> Target:
    empty = dict.fromkeys(("value_high", "baseline", "threshold", "stretch", "phasing", "scale_minimum", "scale_maximum"))
    stated = {"part": "main", "comparison": "at_least", "value": Decimal(value), "unit": "count", "period": "month"}
    return Target(**(empty | stated | given))  # type: ignore[arg-type]


def recorded(count: int = 3, **given: object) -> Recorded:
    sums = {"total": Decimal(31), "numerators": Decimal(2), "denominators": Decimal(3), "last": Decimal(11), "met": 2}
    return Recorded(**({"periods": count, "last_period_end": date(2026, 3, 31)} | sums | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("combine", "given", "actual", "window_target"),
    [
        ("total", {}, "31", "120.000000000000"),
        ("total", {"period": "window"}, "31", "10"),
        ("total", {"phasing": tuple(Decimal(n) for n in range(12))}, "31", "66"),
        ("qualified_total", {}, "2", "120.000000000000"),
        ("mean", {}, "10.333333333333", "10"),
        ("last", {}, "11", "10"),
        ("ratio_of_sums", {"unit": "percent"}, "66.666666666667", "10"),
        ("ratio_of_sums", {"unit": "ratio"}, "0.666666666667", "10"),
        ("share_of_periods_met", {"comparison": "at_most"}, "0.666666666667", "1"),
    ],
)
def test_each_way_of_combining(combine: str, given: dict[str, object], actual: str, window_target: str) -> None:
    found = actual_of(combine, target(**given), MONTHS, recorded())
    assert (str(found.actual), str(found.target)) == (actual, window_target)
    assert (found.periods, found.missing) == (12, 9)


@pytest.mark.parametrize("combine", ["total", "qualified_total", "mean", "last", "ratio_of_sums", "share_of_periods_met"])
def test_without_a_value_the_actual_is_null(combine: str) -> None:
    nothing = recorded(0, total=None, numerators=None, denominators=None, last=None, met=0, last_period_end=None)
    found = actual_of(combine, target(), MONTHS, nothing)
    assert (found.actual, found.missing) == (None, 12)


def test_a_ratio_over_nothing_is_null() -> None:
    assert actual_of("ratio_of_sums", target(), MONTHS, recorded(denominators=Decimal(0))).actual is None


def test_a_share_of_periods_is_held_against_one_whatever_the_target_was() -> None:
    found = actual_of("share_of_periods_met", target(comparison="within", value_high=Decimal(12), baseline=Decimal(3)), MONTHS, recorded())
    assert (found.comparison, found.target, found.target_high, found.baseline, found.unit) == ("at_least", Decimal(1), None, None, "ratio")


def test_who_joins_in_may_has_a_target_for_the_days_they_were_there() -> None:
    joined = Window(date(2026, 5, 11), date(2026, 12, 31), date(2026, 1, 1))
    found: Actual = actual_of("total", target(baseline=Decimal(0), threshold=Decimal(5)), Span.of(periods(joined, "month")), recorded())
    months = 7 + Fraction(21, 31)
    assert found.target == Decimal("76.774193548387")
    assert abs(Fraction(found.target) - 10 * months) < Fraction(1, 10**12)
    assert (found.baseline, found.threshold) == (Decimal(0), Decimal("38.387096774194"))
