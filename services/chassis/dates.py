"""Dates that people write: as text, since a number would be read as seconds from 1970; and a year outside 1900 to 2200 (a
time's: in UTC) is a slip, or another system's word for "never"."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 1900, 2200
NUMBER = re.compile(r"[-+]?[\d_.]+([eE][-+]?\d+)?")


def _no_number(value: Any) -> Any:
    """Raises PydanticCustomError for a number, also as text: pydantic would take it for seconds counted from 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value.strip())):
        raise PydanticCustomError("not_a_date", "Write a date as YYYY-MM-DD, such as 2026-03-31, and a time as 2026-03-31T12:00:00Z.")
    return value


def _plausible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = "{day} lies outside the years {first} to {last}. Check the year; leave out a date that is not known."
        raise PydanticCustomError("out_of_range", message, {"day": f"{day}", "first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def _plausible_time(moment: datetime) -> datetime:
    """At either end of the calendar a moment has no UTC time at all, so its year is judged before its zone, too."""
    _plausible(moment.date())
    _plausible(moment.astimezone(UTC).date())
    return moment


WrittenDate = Annotated[date, BeforeValidator(_no_number)]
PlausibleDate = Annotated[WrittenDate, AfterValidator(_plausible)]
WrittenTime = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_plausible_time)]


def add_months(day: date, months: int) -> date:
    """The same day of a month so many months later, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
