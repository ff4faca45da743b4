"""Exact numbers at the door, declared rounding with ties forced, and division that spends the last unit."""

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from chassis.numbers import (
    PATTERN,
    ROUNDING_MODES,
    ExactDecimal,
    Money,
    Percent,
    RoundingMode,
    from_scaled,
    largest_remainder,
    minor_digits,
    round_half_up,
    rounded,
    rounded_quotient,
    scaled,
)


class Figures(BaseModel):
    amount: Money
    ratio: ExactDecimal = Decimal(0)
    share: Percent | None = None


def code_of(json: str) -> str:
    with pytest.raises(ValidationError) as caught:
        Figures.model_validate_json(json)
    (error,) = caught.value.errors()
    assert error["loc"] == ("amount",)
    return error["type"]


def test_strings_and_whole_numbers_arrive_exactly_and_leave_as_plain_strings() -> None:
    figures = Figures.model_validate_json('{"amount": "12345678901234567.890", "ratio": 3, "share": "-0.00"}')

    assert figures.amount == Decimal("12345678901234567.890")
    assert figures.model_dump_json() == '{"amount":"12345678901234567.890","ratio":"3","share":"0.00"}'
    assert Figures(amount=Decimal("1E+3")).model_dump_json() == '{"amount":"1000","ratio":"0","share":null}'


def test_widest_number_is_accepted() -> None:
    widest = "-" + "9" * 26 + "." + "9" * 12
    assert Figures.model_validate_json(f'{{"amount": "{widest}"}}').model_dump_json().startswith(f'{{"amount":"{widest}"')


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0.1", "decimal_as_number"),
        ("12345678901234567.89", "decimal_as_number"),
        ("1e400", "decimal_as_number"),
        ("1e2", "decimal_as_number"),
        ('"1e400"', "decimal_format"),
        ('"NaN"', "decimal_format"),
        ('"Infinity"', "decimal_format"),
        ('"+1"', "decimal_format"),
        ('" 1"', "decimal_format"),
        ('"1\\n"', "decimal_format"),
        ('"1,000"', "decimal_format"),
        ('"01"', "decimal_format"),
        ('".5"', "decimal_format"),
        ('"٣"', "decimal_format"),
        ('""', "decimal_format"),
        ("true", "decimal_format"),
        ("null", "decimal_format"),
        ("[]", "decimal_format"),
        ('"' + "9" * 27 + '"', "decimal_bounds"),
        ("9" * 27, "decimal_bounds"),
        ('"0.' + "0" * 12 + '1"', "decimal_bounds"),
    ],
)
def test_what_is_not_exact_is_refused(value: str, code: str) -> None:
    assert code_of(f'{{"amount": {value}}}') == code


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999"), 10**400, 0.5])
def test_python_values_are_bounded_too(value: Any) -> None:
    with pytest.raises(ValidationError):
        Figures(amount=value)


def test_schema_publishes_the_pattern() -> None:
    for mode in ("validation", "serialization"):
        schema = Figures.model_json_schema(mode=mode)["properties"]["amount"]
        assert (schema["type"], schema["format"], schema["pattern"]) == ("string", "decimal", PATTERN)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2.5", "3"), ("-2.5", "-3"), ("2.4999999999999999999999999999999999", "2"), ("-0.5", "-1"), ("0.5", "1"), ("-0.4", "0")],
)
def test_ties_go_away_from_zero(value: str, expected: str) -> None:
    assert round_half_up(Decimal(value), 0) == Decimal(expected)


def test_rounding_keeps_the_places_and_takes_ratios() -> None:
    assert str(round_half_up(Decimal("1.005"), 2)) == "1.01"
    assert str(round_half_up(7, 2)) == "7.00"
    assert str(round_half_up(Fraction(2, 3), 12)) == "0.666666666667"
    assert round_half_up(Decimal(1250), -2) == Decimal(1300)


@given(
    st.one_of(st.integers(-(10**40), 10**40), st.integers(-50, 50).map(lambda halves: halves * 5)),
    st.integers(0, 6),
    st.integers(0, 4),
    st.sampled_from(ROUNDING_MODES),
)
def test_every_mode_agrees_with_the_decimal_module(units: int, digits: int, places: int, mode: RoundingMode) -> None:
    value = Decimal(units).scaleb(-digits, context=decimal.Context(prec=60))
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=f"ROUND_{mode.upper()}", context=decimal.Context(prec=60))

    assert rounded(value, places, mode) == expected


@given(st.integers(), st.integers().filter(bool))
def test_half_even_agrees_with_fractions(numerator: int, denominator: int) -> None:
    assert rounded_quotient(numerator, denominator, "half_even") == round(Fraction(numerator, denominator))


@given(st.integers(), st.integers(0, 20))
def test_scaled_and_back(units: int, places: int) -> None:
    assert scaled(from_scaled(units, places), places) == units


def test_scaling_refuses_to_lose_a_digit() -> None:
    with pytest.raises(ValueError, match="more than 2 places"):
        scaled(Decimal("1.005"), 2)


def test_largest_remainder_spends_to_the_last_unit_with_ties_in_the_stated_order() -> None:
    thirds = {"a": 1, "b": 1, "c": 1}

    assert largest_remainder(100, thirds, ["b", "c", "a"]) == {"a": 33, "b": 34, "c": 33}
    assert largest_remainder(-100, thirds, ["b", "c", "a"]) == {"a": -33, "b": -34, "c": -33}
    assert largest_remainder(10, {"x": Decimal("0.5"), "y": 0, "z": Decimal("1.0")}, ["x", "y", "z"]) == {"x": 3, "y": 0, "z": 7}


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_parts_sum_to_the_total_and_stay_within_one_unit_of_their_quota(total: int, shares: list[int]) -> None:
    parts = largest_remainder(total, dict(enumerate(shares)), range(len(shares)))

    assert sum(parts.values()) == total
    assert all(abs(part - Fraction(total * shares[key], sum(shares))) < 1 for key, part in parts.items())


@pytest.mark.parametrize("shares", [{}, {"a": 0}, {"a": -1, "b": 2}])
def test_shares_that_cannot_be_divided_by_are_refused(shares: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="shares must not be"):
        largest_remainder(1, shares, list(shares))


@pytest.mark.parametrize("order", [["a"], ["a", "a"], ["a", "c"], ["a", "b", "b"]])
def test_an_order_that_does_not_name_every_share_once_is_refused(order: list[str]) -> None:
    with pytest.raises(ValueError, match="name every share once"):
        largest_remainder(1, {"a": 1, "b": 1}, order)


def test_minor_digits_follow_iso_4217() -> None:
    assert {code: minor_digits(code) for code in ["USD", "EUR", "JPY", "KWD", "ISK", "CLF"]} == {
        "USD": 2,
        "EUR": 2,
        "JPY": 0,
        "KWD": 3,
        "ISK": 0,
        "CLF": 4,
    }


@pytest.mark.parametrize("currency", ["usd", "XXX", "XAU", "DEM", ""])
def test_what_is_no_active_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="not an active ISO 4217"):
        minor_digits(currency)
