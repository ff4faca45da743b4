"""A column of exact numbers with their reasons, and the way between it and Arrow.

`values[i] / 10**places` is the number; where `reasons` says null, the value is 0 and means nothing.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from chassis.numbers import RoundingMode, scaled
from scoring.engine.exact import SAFE, Flags, Integers, constant, is_wide, magnitude, narrow, rescaled
from scoring.engine.reasons import Reasons, is_null

PLACES: Final = 12
"""Digits after the point of every step that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Column:
    """Exact numbers: scaled integers, the digits after their point, and the reason of each null or zero."""

    values: Integers
    places: int
    reasons: Reasons = None

    def at(self, places: int, rounding: RoundingMode = "half_up") -> "Column":
        """The same numbers at another number of places; rounded only where digits are dropped."""
        return self if places == self.places else replace(self, values=rescaled(self.values, self.places, places, rounding), places=places)

    def without_nulls(self) -> "Column":
        """The same, with 0 wherever the reason says null."""
        null = is_null(self.reasons)
        return self if null is None else replace(self, values=np.where(null, 0, self.values))

    def number(self, row: int) -> Decimal | None:
        """One number; None where it is null."""
        null = is_null(self.reasons)
        if null is not None and null[row if len(null) > 1 else 0]:
            return None
        return Decimal(int(self.values[row if len(self.values) > 1 else 0])).scaleb(-self.places)


def literal(value: Decimal) -> Column:
    """A number of the plan as a column of length 1."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return Column(constant(scaled(value, places)), places)


def read_decimals(array: pa.Array) -> tuple[Integers, int, Flags | None]:
    """An Arrow column of decimals or whole numbers as integers, their places, and where it is null (None: nowhere).

    Trailing zeros that all numbers share are dropped, so that products stay narrow.
    """
    values, places, null = read_in_place(array)
    return *_without_shared_zeros(values, places), null


def read_in_place(array: pa.Array) -> tuple[Integers, int, Flags | None]:
    """The same with all zeros, at the places of the column or, where only that fits 64 bits, at half of them."""
    null = None if array.null_count == 0 else np.asarray(array.is_null())
    if pa.types.is_null(array.type):
        return np.zeros(len(array), dtype=np.int64), 0, np.ones(len(array), dtype=bool)
    if pa.types.is_integer(array.type):
        return np.asarray(array.fill_null(0)).astype(np.int64), 0, null
    values, places = _integers(array, array.type.scale)
    return values if null is None else np.where(null, 0, values), places, null


def _integers(array: pa.Array, places: int) -> tuple[Integers, int]:
    """The scaled integers of decimals and their places; what stands where one is null means nothing."""
    if pa.types.is_decimal64(array.type):
        return np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array)], places
    array = array.fill_null(Decimal(0)).cast(pa.decimal128(38, places))
    halves = np.frombuffer(array.buffers()[1], dtype=np.int64)[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)
    low, high = halves[:, 0].copy(), halves[:, 1]  # a copy, since that is faster than strides
    if not np.bitwise_or.reduce(high) and int(np.bitwise_or.reduce(low)) in range(SAFE):
        return low, places
    if np.array_equal(low >> 63, high) and magnitude(low) < SAFE:
        return low, places
    try:
        return _integers(array.cast(pa.decimal64(18, places // 2)), places // 2)
    except pa.ArrowInvalid:
        return high.astype(object) * 2**64 + low.view(np.uint64).astype(object), places


def _without_shared_zeros(values: Integers, places: int) -> tuple[Integers, int]:
    """Found on a few values, then proven on all of them."""
    probe = values[:: max(1, len(values) // 16)]
    for dropped in (*range(places, 1, -2), 1) if places else ():
        if (probe % 10**dropped).any():
            continue
        shorter = _divided_exactly(values, dropped)
        if shorter is not None:
            return narrow(shorter), places - dropped
    return values, places


def _divided_exactly(values: Integers, zeros: int) -> Integers | None:
    """values ÷ 10^zeros; None where one of them does not end in so many zeros.

    10^n is 2^n × 5^n. Modulo 2^64 the product with the inverse of 5^n is a bijection that takes each multiple of 5^n to its quotient, so
    what comes out below 2^62 ÷ 5^n is a quotient and nothing else is: two fast passes instead of a division and its proof.
    """
    bits = -1 if is_wide(values) else int(np.bitwise_or.reduce(values))
    if bits < 0:
        shorter = values // 10**zeros
        return shorter if np.array_equal(shorter * 10**zeros, values) else None
    if bits % 2**zeros:
        return None
    shorter = values >> zeros
    shorter *= np.uint64(pow(5**zeros, -1, 2**64)).view(np.int64)
    return shorter if magnitude(shorter) * 5**zeros < SAFE else None


def write_decimals(values: Integers, places: int, null: Flags | None, largest: int | None = None) -> pa.Array:
    """Scaled integers as an Arrow column: decimal64(18, places) without a copy where all fit, else decimal128(38, places).

    `largest` is their magnitude where it is known.
    """
    if not is_wide(values) and (magnitude(values) if largest is None else largest) < 10**18:
        return _from_memory(pa.decimal64(18, places), values, null)
    halves = np.empty((len(values), 2), dtype=np.int64)
    halves[:, 0] = (values & (2**64 - 1)).astype(np.uint64).view(np.int64) if is_wide(values) else values
    halves[:, 1] = values >> (64 if is_wide(values) else 63)
    return _from_memory(pa.decimal128(38, places), halves, null)


def _from_memory(kind: pa.DataType, numbers: NDArray[np.int64], null: Flags | None) -> pa.Array:
    validity = None if null is None else pa.py_buffer(np.packbits(~null, bitorder="little"))
    return pa.Array.from_buffers(kind, len(numbers), [validity, pa.py_buffer(numbers)])
