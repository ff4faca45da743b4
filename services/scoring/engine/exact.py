"""Exact arithmetic over columns of scaled integers: products, quotients and declared rounding, without a binary float in any answer.

A column is an array of int64. Before anything is multiplied its largest possible result is computed in Python's unbounded integers: what
fits is done in int64, a quotient whose product does not fit is estimated in floating point and corrected by its integer remainder (see
`_estimated_quotient` for the proof), and what neither can prove is done in Python integers (an object array), slower and just as exact.
Nothing ever wraps.
"""

from math import gcd
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chassis.numbers import RoundingMode

Integers = NDArray[Any]
"""int64, or object holding Python integers where int64 could not be proven wide enough."""
Flags = NDArray[np.bool_]

SAFE: Final = 2**62
"""Every int64 that is stored or added stays below this, so that one addition of two of them cannot wrap."""
_SHORT: Final = 16


def constant(value: int) -> Integers:
    """One value as a column of length 1, which broadcasts against any other."""
    return np.array([value], dtype=np.int64 if abs(value) < SAFE else object)


def magnitude(values: Integers) -> int:
    """The largest absolute value, 0 for an empty column."""
    if values.size <= 1:
        return abs(int(values[0])) if values.size else 0
    if not is_wide(values):
        largest = int(np.maximum.reduce(values.view(np.uint64)))  # a number below zero is huge without its sign
        if largest < SAFE:
            return largest
    return max(int(np.maximum.reduce(values)), -int(np.minimum.reduce(values)))


def is_wide(values: Integers) -> bool:
    return values.dtype == object


def wide(values: Integers) -> Integers:
    """The same values as Python integers."""
    return values if is_wide(values) else values.astype(object)


def narrow(values: Integers) -> Integers:
    """The same values as int64 where they fit."""
    return values.astype(np.int64) if is_wide(values) and magnitude(values) < SAFE else values


def product(left: Integers, right: Integers) -> Integers:
    """left × right, element by element."""
    if is_wide(left) or is_wide(right) or magnitude(left) * magnitude(right) >= SAFE:
        return wide(left) * wide(right)
    return left * right


def total(left: Integers, right: Integers) -> Integers:
    """left + right, element by element."""
    if is_wide(left) or is_wide(right) or magnitude(left) + magnitude(right) >= SAFE:
        return wide(left) + wide(right)
    return left + right


def sums(values: Integers, starts: NDArray[np.int64]) -> Integers:
    """The sum of each run of values; a run begins at each of `starts` (ascending, from 0) and none is empty."""
    if not starts.size:
        return values[:0]
    largest = 0 if is_wide(values) else magnitude(values)
    if largest * len(values) >= SAFE and largest * int(np.diff(starts, append=len(values)).max()) >= SAFE:
        values = wide(values)
    return _sums_of_equal_runs(values, starts) if _are_equal(starts, len(values)) else np.add.reduceat(values, starts)


def _are_equal(starts: NDArray[np.int64], length: int) -> bool:
    """Whether all runs are equally long, and short."""
    each, rest = divmod(length, len(starts))
    return not rest and 1 < each <= _SHORT and np.array_equal(starts, np.arange(0, length, each))


def _sums_of_equal_runs(values: Integers, starts: NDArray[np.int64]) -> Integers:
    """Column by column, which is several times as fast as run by run."""
    rows = values.reshape(len(starts), -1)
    result = rows[:, 0] + rows[:, 1]
    for place in range(2, rows.shape[1]):
        result += rows[:, place]
    return result


def multiplied_quotient(values: Integers, factor: Integers, divisor: Integers, rounding: RoundingMode) -> Integers:
    """values × factor ÷ divisor, rounded once to a whole number. Every divisor is positive."""
    if factor.size == divisor.size == 1:
        shared = gcd(int(factor[0]), int(divisor[0]))
        factor, divisor = constant(int(factor[0]) // shared), constant(int(divisor[0]) // shared)
    if not (is_wide(values) or is_wide(factor) or is_wide(divisor)) and magnitude(divisor) < SAFE:
        largest = magnitude(values) * magnitude(factor)
        if rounding == "half_up" and _floats_prove(largest, divisor) and _is_negative(values, factor) is None:
            return _short_quotient(values, factor, divisor)
        if largest < SAFE:
            return _whole_quotient(values * factor, divisor, rounding, in_place=True)
        estimated = _estimated_quotient(values, factor, divisor, rounding)
        if estimated is not None:
            return estimated
    return narrow(_whole_quotient(wide(values) * wide(factor), wide(divisor), rounding))


def quotient(values: Integers, divisor: Integers, rounding: RoundingMode, in_place: bool = False) -> Integers:
    """values ÷ divisor, rounded once to a whole number. Every divisor is positive. `in_place`: the values are not needed any more."""
    if is_wide(values) or is_wide(divisor):
        return narrow(_whole_quotient(wide(values), wide(divisor), rounding))
    return _whole_quotient(values, divisor, rounding, in_place)


def rescaled(values: Integers, places: int, to: int, rounding: RoundingMode) -> Integers:
    """Values held at `places` digits after the point, held at `to` digits; rounded only where digits are dropped."""
    if to >= places:
        return values if to == places else product(values, constant(10 ** (to - places)))
    return quotient(values, constant(10 ** (places - to)), rounding)


def _whole_quotient(numerator: Integers, divisor: Integers, rounding: RoundingMode, in_place: bool = False) -> Integers:
    """`in_place`: the numerator is the caller's own and not needed any more."""
    by = int(divisor[0]) if divisor.size == 1 else divisor  # NumPy divides by one number without a division each
    if in_place and divisor.size == 1 and by == 1:
        return numerator
    negative = numerator < 0 if numerator.size and numerator.min() < 0 else None
    if rounding == "half_up" and negative is None and magnitude(divisor) < SAFE:
        if not is_wide(numerator) and _floats_prove(magnitude(numerator), divisor):
            return _short_quotient(numerator, constant(1), divisor)
        half = by >> 1  # for whole numbers the same as adding the exact half
        own = in_place and numerator.size >= divisor.size and not is_wide(numerator)
        found = np.add(numerator, half, out=numerator) if own else numerator + half
        found //= by
        return found
    below = numerator // by
    remainder = numerator - below * divisor
    rounded: Integers = below + _rounds_up(below, remainder, divisor, negative, rounding)
    return rounded


def _floats_prove(largest: int, divisor: Integers) -> bool:
    """Whether there are many divisors, and products up to `largest` are short enough for `_short_quotient`."""
    return divisor.size > 1 and 4 * largest + 2 * magnitude(divisor) < 2**53


def _short_quotient(values: Integers, factor: Integers, divisor: Integers) -> Integers:
    """Products n = values × factor, none below zero, ÷ divisor d, rounded half up in floats: exact where 4n + 2d is below 2^53.

    Let m be the rounded quotient: q = n ÷ d is at least m − 1/2, and q + 1/2 at most m + 1 − 1 ÷ 2d. Floats keep the first, since m − 1/2
    and m are floats themselves and rounding to the nearest passes neither. They keep the second, since division and addition are off by
    less than (2q + 1) × 2^-53 together, which is less than 1 ÷ 2d. So what is left without the fraction is m.
    """
    found = np.multiply(values, factor, dtype=np.float64)  # nosemgrep: binary-float-near-money - proven exact
    found = np.divide(found, divisor, out=found if found.size >= divisor.size else None)
    found += 0.5  # nosemgrep: binary-float-near-money - proven exact
    return found.astype(np.int64)


def _estimated_quotient(values: Integers, factor: Integers, divisor: Integers, rounding: RoundingMode) -> Integers | None:
    """values × factor ÷ divisor, rounded once, though the product may pass 64 bits; None where that cannot be proven.

    Five float operations, each within 2^-53 of exact, leave the estimate within |q| × 2^-50 + 1 of the true quotient q. The remainder
    values × factor − estimate × divisor is computed modulo 2^64; its true size is at most (|q| × 2^-50 + 1) × divisor, and where that stays
    below 2^62 the wrapped number is the true one. The remainder then says where the estimate is not yet the rounded quotient.
    """
    estimate = np.rint(values.astype(np.float64) * factor / divisor)  # nosemgrep: binary-float-near-money - corrected below
    largest = max(float(estimate.max()), -float(estimate.min())) if estimate.size else 0.0  # nosemgrep: binary-float-near-money
    error = int(largest * 2.0**-50) + 2  # nosemgrep: binary-float-near-money - a bound
    if largest >= SAFE or error * magnitude(divisor) >= SAFE:
        return None
    found = estimate.astype(np.int64)
    remainder = values * factor - found * divisor
    if rounding == "half_up" and divisor.size == 1 and _is_negative(values, factor) is None:
        remainder += int(divisor[0]) >> 1
        remainder //= int(divisor[0])
        found += remainder
        return found
    if rounding == "half_up":
        off = np.abs(remainder) * 2 >= divisor  # elsewhere the estimate is already the nearest whole number
        rows = np.flatnonzero(off)
        if not rows.size:
            return found
    else:
        rows = np.arange(found.size)
    divisors, negative = _rows(divisor, rows, found.shape), _is_negative(_rows(values, rows, found.shape), _rows(factor, rows, found.shape))
    step = remainder[rows] // divisors
    below, rest = found[rows] + step, remainder[rows] - step * divisors
    found[rows] = below + _rounds_up(below, rest, divisors, negative, rounding)
    return found


def _rows(values: Integers, rows: NDArray[np.int64], shape: tuple[int, ...]) -> Integers:
    return np.broadcast_to(values, shape)[rows]


def _is_negative(values: Integers, factor: Integers) -> Flags | None:
    """Where the product is below zero; None for nowhere."""
    if (values.size and values.min() < 0) or (factor.size and factor.min() < 0):
        return (values < 0) ^ (factor < 0)
    return None


def _rounds_up(below: Integers, remainder: Integers, divisor: Integers, negative: Flags | None, rounding: RoundingMode) -> Any:
    """Whether a quotient between `below` and `below + 1` becomes the upper one."""
    match rounding:
        case "floor":
            return 0
        case "ceiling":
            return remainder > 0
        case "down":
            return 0 if negative is None else (remainder > 0) & negative
        case "up":
            return remainder > 0 if negative is None else (remainder > 0) & ~negative
    rest = divisor - remainder
    if rounding == "half_up" and negative is None:
        return remainder >= rest
    return (remainder > rest) | ((remainder == rest) & _tie_rounds_up(below, negative, rounding))


def _tie_rounds_up(below: Integers, negative: Flags | None, rounding: RoundingMode) -> Any:
    if rounding == "half_even":
        return below % 2 == 1
    if negative is None:
        return rounding == "half_up"
    return ~negative if rounding == "half_up" else negative
