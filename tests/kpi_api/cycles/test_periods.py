"""Periods of a window: whole, cut, and counted from the cycle's first day."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_api.cycles.periods import LENGTHS, Length, Period, Window, periods

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1))


@pytest.mark.parametrize(("length", "count"), [("day", 365), ("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1), ("window", 1)])
def test_a_year_has_so_many(length: Length, count: int) -> None:
    found = periods(YEAR, length)
    assert len(found) == count
    assert {period.share for period in found} == {Fraction(1)}


def test_weeks_start_on_monday_and_are_cut_by_the_window() -> None:
    first, second, *_ = periods(YEAR, "week")
    assert first == Period(date(2026, 1, 1), date(2026, 1, 4), Fraction(4, 7))
    assert second == Period(date(2026, 1, 5), date(2026, 1, 11))


def test_sprints_and_quarters_count_from_the_cycle() -> None:
    fiscal = Window(date(2026, 7, 1), date(2027, 6, 30), date(2026, 7, 1))
    assert periods(fiscal, "quarter")[0] == Period(date(2026, 7, 1), date(2026, 9, 30))
    assert periods(fiscal, "half_year")[1].start == date(2027, 1, 1)
    assert periods(fiscal, "sprint")[1] == Period(date(2026, 7, 15), date(2026, 7, 28))


def test_who_joins_in_the_middle_of_a_month_has_a_part_of_it() -> None:
    joined = Window(date(2026, 5, 11), date(2026, 12, 31), date(2026, 1, 1))
    assert periods(joined, "month")[0] == Period(date(2026, 5, 11), date(2026, 5, 31), Fraction(21, 31))


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 500), st.integers(-400, 400), st.sampled_from(LENGTHS))
def test_periods_cover_the_window_without_gap_or_overlap(start: date, days: int, anchor: int, length: Length) -> None:
    window = Window(start, date.fromordinal(start.toordinal() + days), date.fromordinal(start.toordinal() + anchor))
    found = periods(window, length)
    covered = [day for period in found for day in range(period.start.toordinal(), period.end.toordinal() + 1)]
    assert covered == list(range(window.start.toordinal(), window.end.toordinal() + 1))
    assert all(0 < period.share <= 1 for period in found)
