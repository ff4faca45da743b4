"""Exact numbers: the decimal types of every door, declared rounding, scaled integers and fair division.

Money and scores travel as JSON strings, are stored as numeric(38, 12) and computed as scaled integers or Decimals, never as binary floats.
Rounding is half-up away from zero unless a caller names another mode.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

INTEGER_DIGITS: Final = 26
PLACES: Final = 12
PATTERN: Final = rf"^-?(0|[1-9][0-9]{{0,{INTEGER_DIGITS - 1}}})(\.[0-9]{{1,{PLACES}}})?$"

RoundingMode = Literal["half_up", "half_down", "half_even", "up", "down", "ceiling", "floor"]
ROUNDING_MODES: Final[tuple[RoundingMode, ...]] = get_args(RoundingMode)
"""half_up, half_down: ties away from, towards zero. up, down: always away from, towards zero. ceiling, floor: towards plus, minus infinity."""

Key = TypeVar("Key")


def plain_text(value: Decimal) -> str:
    """Digits without exponent, trailing zeros kept, zero without a sign: Decimal("1E+3") is "1000". Raises ValueError if not finite."""
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return format(abs(value) if value.is_zero() else value, "f")


def read_exact(value: Any) -> Decimal:
    """A Decimal from text, int or Decimal of at most 26 digits before the point and 12 after it.

    Raises PydanticCustomError: `decimal_as_number` for a float, `decimal_bounds` for too many digits, `decimal_format` for the rest.
    """
    if isinstance(value, float):
        raise PydanticCustomError("decimal_as_number", "Send the number as a string, such as \"0.1\": a JSON number with a fraction is not exact")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("decimal_format", "Send a decimal number as a string, such as \"1234.50\"")
    text = value if isinstance(value, str) else _text_of_number(value)
    if re.fullmatch(PATTERN, text):
        return Decimal(text)
    if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text):
        raise PydanticCustomError("decimal_bounds", f"At most {INTEGER_DIGITS} digits before the point and {PLACES} after it")
    raise PydanticCustomError("decimal_format", "Write digits with an optional point, such as \"-12.5\": no exponent, spaces, signs or separators")


def _text_of_number(value: int | Decimal) -> str:
    # The size is looked at first: the text of Decimal("1E+999999") has a million digits.
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > INTEGER_DIGITS + PLACES:
        return plain_text(number) if number.is_zero() else "9" * 99 if number.is_finite() else str(number)
    return plain_text(number)
