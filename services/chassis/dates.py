"""Dates that people write: a year outside 1900 to 2200 is a slip, or another system's word for "never"."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 1900, 2200


def _plausible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = "{day} lies outside the years {first} to {last}. Check the year; leave out a date that is not known."
        raise PydanticCustomError("out_of_range", message, {"day": f"{day}", "first": FIRST_YEAR, "last": LAST_YEAR})
    return day


PlausibleDate = Annotated[date, AfterValidator(_plausible)]
