"""The periods of a window: days, weeks, sprints, months, quarters, half-years, years, or the window itself. Pure.

Weeks start on Monday (ISO 8601) and months are those of the calendar. Quarters, half-years and years count from the anchor, the first day
of the cycle, so that a fiscal year's quarters are its own. Sprints are those of the calendar; where it has none in the window they last
14 days, counted from the anchor. Where a window begins or ends inside a period, that period is cut. The periods cover the window without
gap or overlap, but for days between two sprints of the calendar.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

from chassis.dates import add_months

Length = Literal["day", "week", "sprint", "month", "quarter", "half_year", "year", "window"]
LENGTHS: tuple[Length, ...] = get_args(Length)

DAYS = {"day": 1, "week": 7, "sprint": 14}
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """First and last day, both included."""

    start: date
    end: date


class Window(NamedTuple):
    """First and last day, both included; the first day of the cycle it belongs to; the calendar's sprints in order."""

    start: date
    end: date
    anchor: date
    sprints: tuple[Days, ...] = ()


class Period(NamedTuple):
    """First and last day, both included. `share` is the part of the whole period that lies in the window; 1 for an uncut one."""

    start: date
    end: date
    share: Fraction = Fraction(1)


def periods(window: Window, length: Length) -> list[Period]:
    """The periods of the window in order."""
    if length == "window":
        return [Period(window.start, window.end)]
    if length == "sprint" and (own := _sprints(window)):
        return [_cut(window, *sprint) for sprint in own]
    starts = _by_days(window, DAYS[length]) if length in DAYS else _by_months(window, MONTHS[length])
    return [_cut(window, start, following - ONE_DAY) for start, following in starts]


def _sprints(window: Window) -> list[Days]:
    return [sprint for sprint in window.sprints if sprint.start <= window.end and sprint.end >= window.start]


def _by_days(window: Window, days: int) -> Iterator[tuple[date, date]]:
    anchor = date(2024, 1, 1) if days == DAYS["week"] else window.anchor  # a Monday
    step = timedelta(days=days)
    start = anchor + (window.start - anchor) // step * step
    while start <= window.end:
        yield start, start + step
        start += step


def _by_months(window: Window, months: int) -> Iterator[tuple[date, date]]:
    anchor = window.anchor.replace(day=1) if months == 1 else window.anchor
    number = _months_between(anchor, window.start) // months
    if add_months(anchor, number * months) > window.start:
        number -= 1
    start = add_months(anchor, number * months)
    while start <= window.end:
        number += 1
        following = add_months(anchor, number * months)
        yield start, following
        start = following


def _months_between(anchor: date, day: date) -> int:
    return (day.year - anchor.year) * 12 + day.month - anchor.month


def _cut(window: Window, start: date, end: date) -> Period:
    inside = max(start, window.start), min(end, window.end)
    return Period(*inside, Fraction((inside[1] - inside[0]).days + 1, (end - start).days + 1))
