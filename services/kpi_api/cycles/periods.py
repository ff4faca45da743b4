"""The periods of a window: days, weeks, sprints, months, quarters, half-years, years, or the window itself. Pure.

Weeks start on Monday and months are those of the calendar. Sprints of 14 days, quarters, half-years and years count from the anchor, the
first day of the cycle, so that a fiscal year's quarters are its own. Where a window begins or ends inside a period, that period is cut.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

Length = Literal["day", "week", "sprint", "month", "quarter", "half_year", "year", "window"]
LENGTHS: tuple[Length, ...] = get_args(Length)

DAYS = {"day": 1, "week": 7, "sprint": 14}
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """First and last day, both included, and the first day of the cycle it belongs to."""

    start: date
    end: date
    anchor: date


class Period(NamedTuple):
    """First and last day, both included. `share` is the part of the whole period that lies in the window; 1 for an uncut one."""

    start: date
    end: date
    share: Fraction = Fraction(1)


def periods(window: Window, length: Length) -> list[Period]:
    """The periods that cover the window without gap or overlap, in order."""
    if length == "window":
        return [Period(window.start, window.end)]
    starts = _by_days(window, DAYS[length]) if length in DAYS else _by_months(window, MONTHS[length])
    return [_cut(window, start, following - ONE_DAY) for start, following in starts]


def _by_days(window: Window, days: int) -> Iterator[tuple[date, date]]:
    anchor = date(2024, 1, 1) if days == DAYS["week"] else window.anchor  # a Monday
    step = timedelta(days=days)
    start = anchor + (window.start - anchor) // step * step
    while start <= window.end:
        yield start, start + step
        start += step


def _by_months(window: Window, months: int) -> Iterator[tuple[date, date]]:
    anchor = _month_number(window.anchor)
    number = anchor + (_month_number(window.start) - anchor) // months * months
    while _first_day(number) <= window.end:
        yield _first_day(number), _first_day(number + months)
        number += months


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month_number: int) -> date:
    return date(month_number // 12, month_number % 12 + 1, 1)


def _cut(window: Window, start: date, end: date) -> Period:
    inside = max(start, window.start), min(end, window.end)
    return Period(*inside, Fraction((inside[1] - inside[0]).days + 1, (end - start).days + 1))
