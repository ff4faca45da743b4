"""Which periods of a KPI a scorecard counts that holds for a part of its window."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi_api.cycles.periods import Length, Window
from kpi_api.measurements.actuals import Target
from kpi_api.scorecards.part_of_year import days_apart, periods_of_scorecard

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), ())


def target(period: str, phasing: tuple[Decimal, ...] | None = None) -> Target:
    return Target("main", "at_least", Decimal(100), None, None, None, None, "count", period, phasing, None, None)


@pytest.mark.parametrize("length", ["day", "week", "sprint", "month", "quarter", "half_year"])
@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 6, 15), date(2026, 7, 1), date(2026, 12, 31)])
def test_two_scorecards_that_follow_one_another_count_each_period_once(length: Length, day: date) -> None:
    before = periods_of_scorecard(YEAR, target(length), length, YEAR.start, day - timedelta(days=1))
    after = periods_of_scorecard(YEAR, target(length), length, day, YEAR.end)
    whole = periods_of_scorecard(YEAR, target(length), length, YEAR.start, YEAR.end)
    assert before[2].periods + after[2].periods == whole[2].periods
    assert before[2].whole + after[2].whole == whole[2].whole
    if after[2].periods:
        assert before[0].end + timedelta(days=1) == after[0].start, "no day between them, and none twice"


def test_phases_go_with_their_periods() -> None:
    phases = tuple(Decimal(month) for month in range(1, 13))
    window, own, span = periods_of_scorecard(YEAR, target("month", phases), "month", date(2026, 6, 15), YEAR.end)
    assert (window.start, window.end, span.periods, span.whole) == (date(2026, 7, 1), YEAR.end, 6, Fraction(6))
    assert own.phasing == phases[6:]


def test_where_no_period_begins_nothing_is_counted() -> None:
    window, own, span = periods_of_scorecard(YEAR, target("quarter"), "quarter", date(2026, 4, 2), date(2026, 6, 30))
    assert (window.end < window.start, span.periods, span.whole, own.value) == (True, 0, 0, Decimal(100))


def test_a_scorecard_that_covers_the_kpi_counts_all_of_it() -> None:
    year = (YEAR.start, YEAR.end)
    assert days_apart(year, ("2026-01-01", "2026-12-31")) is None
    assert days_apart(year, ("2026-03-01", "2026-04-29")) is None
    assert days_apart((date(2026, 7, 1), YEAR.end), ("2026-01-01", "2026-12-31")) == (date(2026, 7, 1), YEAR.end)
