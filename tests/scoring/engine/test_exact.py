"""Integer arithmetic against fractions, with ties forced and sizes on both sides of 64 bits."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.numbers import ROUNDING_MODES, RoundingMode
from scoring.engine.exact import Integers, constant, multiplied_quotient, product, rescaled, sums, total
from tests.scoring.engine.oracle import rounded

sizes = st.sampled_from([10, 10**6, 10**12, 10**15, 10**18, 4 * 10**18, 10**25])
numbers = sizes.flatmap(lambda size: st.integers(-size, size))
positive = sizes.flatmap(lambda size: st.integers(1, size))


def column(values: list[int]) -> Integers:
    return np.concatenate([constant(value) for value in values])


@given(st.lists(st.tuples(numbers, numbers, positive), min_size=1, max_size=20), st.sampled_from(ROUNDING_MODES))
def test_a_quotient_is_the_fraction_rounded_once(rows: list[tuple[int, int, int]], mode: RoundingMode) -> None:
    found = multiplied_quotient(*(column(list(part)) for part in zip(*rows, strict=True)), mode)
    assert [int(value) for value in found] == [rounded(Fraction(a * b, c), 0, mode) for a, b, c in rows]


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(1, 10**9)), min_size=1, max_size=20), st.sampled_from(ROUNDING_MODES))
def test_ties_go_where_the_mode_says(rows: list[tuple[int, int]], mode: RoundingMode) -> None:
    """Given quotients that lie exactly between two units, then each goes by its mode, also beyond 64 bits."""
    halves = [(2 * whole + 1) * divisor for whole, divisor in rows]
    for factor in (1, 10**12):
        values, divisors = column(halves), column([2 * divisor * factor for _, divisor in rows])
        found = multiplied_quotient(values, constant(factor), divisors, mode)
        assert [int(value) for value in found] == [rounded(Fraction(2 * whole + 1, 2), 0, mode) for whole, _ in rows]


near = st.integers(-3, 3)
widths = st.sampled_from(
    [  # the first three are few enough bits for floats, the last is not
        (2**51 - 2**28, st.integers(1, 9)),
        (2**51 - 2**28, st.integers(1, 2**27)),
        (2**50 - 8, st.integers(2**49, 2**50)),
        (2**53, st.one_of(st.integers(1, 9), st.integers(2**52, 2**54))),
    ]
)


@given(widths.flatmap(lambda width: st.lists(st.tuples(st.integers(0, width[0]), width[1], near), min_size=2, max_size=20)))
def test_quotients_that_all_but_reach_a_whole_number_stay_below_it(rows: list[tuple[int, int, int]]) -> None:
    """Given numbers up to what a float holds exactly, each a little beside a tie of its divisor, then the quotient is the fraction's."""
    values = [max(0, (value // divisor) * divisor + divisor // 2 + beside) for value, divisor, beside in rows]
    found = multiplied_quotient(column(values), constant(1), column([divisor for _, divisor, _ in rows]), "half_up")
    assert [int(value) for value in found] == [
        rounded(Fraction(value, divisor), 0, "half_up") for value, (_, divisor, _) in zip(values, rows, strict=True)
    ]


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=2, max_size=20),
    st.sampled_from([7, 10**9, 2 * 10**12, 3 * 10**12 + 1]),
)
def test_one_divisor_serves_many_products_beyond_64_bits(rows: list[tuple[int, int]], divisor: int) -> None:
    """Given products that do not fit, one of them a tie, when all are divided by one number, then each quotient is the fraction's."""
    rows = [*rows, (divisor, 10**12 + 1), (10**12, 10**12)]
    left, right = (column(list(part)) for part in zip(*rows, strict=True))
    found = multiplied_quotient(left, right, constant(2 * divisor), "half_up")
    assert [int(value) for value in found] == [rounded(Fraction(a * b, 2 * divisor), 0, "half_up") for a, b in rows]


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
def test_products_and_sums_never_wrap(rows: list[tuple[int, int]]) -> None:
    left, right = (column(list(part)) for part in zip(*rows, strict=True))
    assert [int(value) for value in product(left, right)] == [a * b for a, b in rows]
    assert [int(value) for value in total(left, right)] == [a + b for a, b in rows]
    assert int(sums(left, np.array([0]))[0]) == sum(a for a, _ in rows)


@given(st.lists(st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=6), st.integers(1, 20))
def test_sums_are_of_each_run(runs: list[list[int]], each: int) -> None:
    """Given runs of any lengths, or all of one length, then each has its own sum."""
    for of in (runs, [(run * each)[:each] for run in runs]):
        starts = np.cumsum([0, *(len(run) for run in of[:-1])])
        assert [int(value) for value in sums(column([value for run in of for value in run]), starts)] == [sum(run) for run in of]


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [(-25, "half_up", -3), (-25, "half_down", -2), (-25, "half_even", -2), (25, "half_up", 3), (-21, "up", -3)],
)
def test_half_up_means_away_from_zero(value: int, mode: RoundingMode, expected: int) -> None:
    assert int(rescaled(column([value]), 1, 0, mode)[0]) == expected
