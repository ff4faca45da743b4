"""Exact numbers: the decimal types of every door, declared rounding, scaled integers and fair division.

Money and scores travel as JSON strings, are stored as numeric(38, 12) and computed as scaled integers or Decimals, never as binary floats.
Rounding is half-up away from zero unless a caller names another mode.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

INTEGER_DIGITS: Final = 26
PLACES: Final = 12
PATTERN: Final = rf"^-?(0|[1-9][0-9]{{0,{INTEGER_DIGITS - 1}}})(\.[0-9]{{1,{PLACES}}})?$"
DIGITS: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)

RoundingMode = Literal["half_up", "half_down", "half_even", "up", "down", "ceiling", "floor"]
ROUNDING_MODES: Final[tuple[RoundingMode, ...]] = get_args(RoundingMode)
"""half_up, half_down: ties away from, towards zero. up, down: always away from, towards zero. ceiling, floor: to plus, minus infinity."""

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
        raise PydanticCustomError(
            "decimal_as_number", 'Send the number as a string, such as "0.1": a JSON number with a fraction or exponent is not exact'
        )
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("decimal_format", 'Send a decimal number as a string, such as "1234.50"')
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticCustomError(
            "decimal_format", 'Write digits with at most one point, such as "-12.5": no exponent, spaces, plus sign or separators'
        )
    return _within_bounds(Decimal(value))


def _within_bounds(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise PydanticCustomError("decimal_format", "Infinity and NaN are not numbers that can be counted with")
    if exponent < -PLACES or (number and number.adjusted() >= INTEGER_DIGITS):
        raise PydanticCustomError("decimal_bounds", f"At most {INTEGER_DIGITS} digits before the point and {PLACES} after it")
    return number or abs(number)


_read: Final = BeforeValidator(read_exact, json_schema_input_type=str)
_write: Final = PlainSerializer(plain_text, return_type=str, when_used="json")


def _schema(description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": "decimal", "pattern": PATTERN, "description": description, "examples": [example]})


ExactDecimal = Annotated[Decimal, _read, _write, _schema("An exact decimal number, as a string.", "4.2")]
Money = Annotated[Decimal, _read, _write, _schema("An exact amount of money, as a string; its currency stands beside it.", "1234.50")]
Percent = Annotated[Decimal, _read, _write, _schema('An exact percentage, as a string: "12.5" is 12.5 %.', "12.5")]


def rounded_quotient(numerator: int, denominator: int, mode: RoundingMode = "half_up") -> int:
    """numerator / denominator as a whole number, rounded once. Raises ZeroDivisionError."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    below, remainder = divmod(numerator, denominator)
    return below + (remainder > 0 and _rounds_above(below, numerator < 0, 2 * remainder - denominator, mode))


def _rounds_above(below: int, negative: bool, over_half: int, mode: RoundingMode) -> bool:
    """Whether a value between `below` and `below + 1` becomes the upper one; `over_half` is negative, zero or positive as it lies
    under, on or over the middle."""
    match mode:
        case "floor" | "ceiling":
            return mode == "ceiling"
        case "up" | "down":
            return negative == (mode == "down")
        case "half_up" | "half_down" if over_half == 0:
            return negative == (mode == "half_down")
        case "half_even" if over_half == 0:
            return below % 2 == 1
    return over_half > 0


def rounded(value: Decimal | Fraction | int, places: int, mode: RoundingMode = "half_up") -> Decimal:
    """The value at `places` digits after the point (negative: tens, hundreds), exact for any size, rounded once."""
    numerator, denominator = value.as_integer_ratio()
    shift = 10 ** abs(places)
    numerator, denominator = (numerator * shift, denominator) if places >= 0 else (numerator, denominator * shift)
    return from_scaled(rounded_quotient(numerator, denominator, mode), places)


def round_half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """`rounded` by the default rule: half-up away from zero (2.5 to 3, -2.5 to -3)."""
    return rounded(value, places)


def scaled(value: Decimal | int, places: int) -> int:
    """The whole number of units of 10**-places that the value is: scaled(Decimal("1.25"), 2) is 125.

    Raises ValueError when digits would be lost; round first.
    """
    numerator, denominator = value.as_integer_ratio()
    units, lost = divmod(numerator * int(10**places), denominator)
    if lost:
        raise ValueError(f"{value} has more than {places} places")
    return units


def from_scaled(units: int, places: int) -> Decimal:
    """The Decimal of so many units of 10**-places: from_scaled(125, 2) is Decimal("1.25")."""
    return Decimal(f"{units}E{-places}")


def largest_remainder(total: int, shares: Mapping[Key, Decimal | int], order: Sequence[Key]) -> dict[Key, int]:
    """Divide `total` whole units in proportion to `shares`, to the last unit: each gets its quota rounded towards zero, then one more
    unit each by largest remainder, ties to the earlier in `order`, which names every key once.

    Raises ValueError for a negative share, shares that are all zero, or an order that does not name every key once.
    """
    if len(order) != len(shares) or set(order) != set(shares):
        raise ValueError("order must name every share once")
    weights = {key: Fraction(shares[key]) for key in order}
    whole = sum(weights.values())
    if min(weights.values(), default=Fraction(0)) < 0 or whole == 0:
        raise ValueError("shares must not be negative, nor all zero")
    quotas = {key: abs(total) * weight / whole for key, weight in weights.items()}
    parts = {key: int(quota) for key, quota in quotas.items()}
    by_remainder = sorted(order, key=lambda key: parts[key] - quotas[key])
    for key in by_remainder[: abs(total) - sum(parts.values())]:
        parts[key] += 1
    return {key: -part if total < 0 else part for key, part in parts.items()}


# ISO 4217, list one: active codes that have a minor unit (precious metals, testing and drawing-right codes have none); two digits unless
# named below.
_ACTIVE: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY
    COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR
    ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
    SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_MINOR_DIGITS: Final[Mapping[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_CURRENCIES: Final = frozenset(_ACTIVE.split())
_EXCEPTIONS: Final = {code: digits for digits, codes in _MINOR_DIGITS.items() for code in codes.split()}


def minor_digits(currency: str) -> int:
    """Digits after the point in the currency's smallest unit (ISO 4217): USD 2, JPY 0, KWD 3.

    Raises ValueError for a code that is not an active currency.
    """
    if currency not in _CURRENCIES:
        raise ValueError(f'"{currency}" is not an active ISO 4217 currency code')
    return _EXCEPTIONS.get(currency, 2)
