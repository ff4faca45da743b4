"""Arithmetic on arrays of whole numbers that cannot wrap.

int64 as long as the largest value present proves that every result fits, else Python integers in an object array: the same code runs
on both.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[Any]

LARGEST: Final = 2**63 - 1


def peak(units: Integers) -> int:
    """The largest absolute value; 0 for no rows."""
    return max(abs(int(units.max())), abs(int(units.min()))) if units.size else 0


def wide(units: Integers, *, unless: int) -> Integers:
    """The same numbers as Python integers, unless results of up to `unless` fit in 64 bits."""
    return units if unless <= LARGEST else units.astype(object)


def narrow(units: Integers) -> Integers:
    """The same numbers in 64 bits where they fit."""
    return units.astype(np.int64) if units.dtype == object and peak(units) <= LARGEST else units


def size(units: Integers) -> Integers:
    """Absolute values (that of the least 64-bit number needs 65)."""
    return np.abs(wide(units, unless=peak(units)))


def scaled_up(units: Integers, digits: int) -> Integers:
    """units * 10**digits."""
    return wide(units, unless=peak(units) * 10**digits) * 10**digits if digits else units


def scaled_down(units: Integers, digits: int) -> Integers:
    """units / 10**digits, half-up away from zero; at most 18 digits."""
    whole, rest = _divided(size(units), 10**digits)
    return _signed(whole + (rest >= 10**digits - rest), units < 0)


def product(left: Integers, right: Integers) -> Integers:
    result: Integers = wide(left, unless=peak(left) * peak(right)) * right
    return result


def quotient(left: Integers, right: Integers, digits: int) -> Integers:
    """left * 10**digits / right, half-up away from zero. `right` has no zero.

    Long division, several digits a round, so that the large intermediate never exists and ordinary figures stay in 64 bits.
    """
    above, below = size(left), size(right)
    least, most = (int(below.min()), int(below.max())) if below.size else (1, 1)
    at_once = len(str(LARGEST // most)) - 1
    if not at_once or peak(above) * 10**digits // least >= LARGEST:
        above, at_once = above.astype(object), max(digits, 1)
    whole, rest = _divided(above, below)
    while digits > 0:
        step = min(at_once, digits)
        more, rest = _divided(rest * 10**step, below)
        whole, digits = whole * 10**step + more, digits - step
    return _signed(whole + (rest >= below - rest), (left < 0) != (right < 0))


def _divided(above: Integers, below: Integers | int) -> tuple[Integers, Integers]:
    """Quotient and remainder (NumPy's divmod knows no Python integers)."""
    whole: Integers = above // below
    return whole, above - whole * below


def _signed(sizes: Integers, negative: Integers) -> Integers:
    return np.where(negative, -sizes, sizes)
