"""Terms over many rows at once, in scaled integers, row for row equal to `scalar`.

A column holds whole units of 10**-places; `integers` sees to it that nothing wraps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from chassis.expressions.integers import Integers, narrow, peak, product, quotient, scaled_down, scaled_up, size, wide
from chassis.expressions.terms import Measure, Null, Number, Operator, Term
from chassis.numbers import INTEGER_DIGITS, PLACES, from_scaled, scaled

Nulls = NDArray[np.uint8]

_REASONS: Final = list(Null)
_MISSING, _BY_ZERO, _OUT_OF_RANGE = (np.uint8(1 + _REASONS.index(reason)) for reason in Null)


@dataclass(frozen=True, slots=True)
class Column:
    """One value per row. `units`: whole units of 10**-places (int64 or object), or bool for conditions. `nulls`: uint8, 0 where there is
    a value, else 1 + the index of the reason in Null; `units` is 0 there."""

    units: Integers
    places: int
    nulls: Nulls

    @classmethod
    def of(cls, values: Sequence[Decimal | int | None]) -> Self:
        """From values; None is a missing value. Raises ValueError for more than 12 places."""
        places = max((_places(value) for value in values if value is not None), default=0)
        units = np.array([0 if value is None else scaled(value, places) for value in values], dtype=object)
        nulls = np.array([value is None for value in values], dtype=np.uint8)
        return cls(narrow(units), places, nulls)

    def to_values(self) -> list[Decimal | bool | None]:
        """One Decimal (or bool) or None per row."""
        values = (bool(unit) if self.units.dtype == bool else from_scaled(int(unit), self.places) for unit in self.units)
        return [None if null else value for value, null in zip(values, self.nulls, strict=True)]

    def reasons(self) -> list[Null | None]:
        """Why there is no value, per row; None where there is one."""
        return [_REASONS[null - 1] if null else None for null in self.nulls.tolist()]


def calculate_many(term: Term, columns: Mapping[str, Column]) -> Column:
    """The term's column. Raises ValueError for columns of different lengths or of more than 12 places."""
    lengths = {len(column.units) for column in columns.values()} or {1}
    if len(lengths) > 1:
        raise ValueError("columns have different lengths")
    if any(column.places > PLACES for column in columns.values()):
        raise ValueError(f"a column has more than {PLACES} places")
    return _spread(_calculated(term, columns), lengths.pop())


def _calculated(term: Term, columns: Mapping[str, Column]) -> Column:
    if isinstance(term, Number):
        return Column.of([term.value])
    if isinstance(term, Measure):
        return columns[term.name]
    return _OPERATORS[term.operator](*(_calculated(operand, columns) for operand in term.operands))


def _spread(column: Column, length: int) -> Column:
    units, nulls = np.broadcast_to(column.units, length), np.broadcast_to(column.nulls, length)
    return Column(units, column.places, nulls)


def _places(value: Decimal | int) -> int:
    exponent = Decimal(value).as_tuple().exponent
    return min(max(0, -exponent), PLACES) if isinstance(exponent, int) else 0


def _column(units: Integers, places: int, nulls: Nulls) -> Column:
    """A finished step: 0 where null, null where out of range, 64 bits where possible."""
    units = np.where(nulls, 0, units)
    limit = 10 ** (INTEGER_DIGITS + places)
    if peak(units) >= limit:
        nulls = np.where(size(units) >= limit, _OUT_OF_RANGE, nulls)
        units = np.where(nulls, 0, units)
    return Column(narrow(units), places, nulls)


def _either(left: Column, right: Column) -> Nulls:
    """Null where a side is; the left one's reason stands."""
    return np.where(left.nulls, left.nulls, right.nulls)


def _aligned(left: Column, right: Column) -> tuple[Integers, Integers, int]:
    places = max(left.places, right.places)
    return scaled_up(left.units, places - left.places), scaled_up(right.units, places - right.places), places


def _add(left: Column, right: Column) -> Column:
    first, second, places = _aligned(left, right)
    return _column(wide(first, unless=peak(first) + peak(second)) + second, places, _either(left, right))


def _subtract(left: Column, right: Column) -> Column:
    first, second, places = _aligned(left, right)
    return _column(wide(first, unless=peak(first) + peak(second)) - second, places, _either(left, right))


def _multiply(left: Column, right: Column) -> Column:
    units, places = product(left.units, right.units), left.places + right.places
    if places > PLACES:
        units, places = scaled_down(units, places - PLACES), PLACES
    return _column(units, places, _either(left, right))


def _divide(left: Column, right: Column) -> Column:
    zero = right.units == 0
    nulls = _either(left, right)
    nulls = np.where(zero & (nulls == 0), _BY_ZERO, nulls)
    units = quotient(left.units, np.where(zero, 1, right.units), PLACES + right.places - left.places)
    return _column(units, PLACES, nulls)


def _round(value: Column, places: Column) -> Column:
    kept = int(places.to_values()[0] or 0)
    return value if value.places <= kept else _column(scaled_down(value.units, value.places - kept), kept, value.nulls)


def _pairwise(choose: Callable[[Integers, Integers], Integers]) -> Callable[[Column, Column], Column]:
    """Of two aligned columns, by a function that makes no larger number."""

    def chosen(left: Column, right: Column) -> Column:
        first, second, places = _aligned(left, right)
        return _column(choose(first, second), places, _either(left, right))

    return chosen


def _comparison(compare: Callable[[Integers, Integers], Integers]) -> Callable[[Column, Column], Column]:
    def compared(left: Column, right: Column) -> Column:
        first, second, _ = _aligned(left, right)
        nulls = _either(left, right)
        return _truth(compare(first, second), nulls)

    return compared


def _truth(holds: Integers, nulls: Nulls) -> Column:
    return Column(holds.astype(bool) & (nulls == 0), 0, nulls)


def _and(left: Column, right: Column) -> Column:
    fails = (~left.units & (left.nulls == 0)) | (~right.units & (right.nulls == 0))
    return _truth(left.units & right.units, np.where(fails, np.uint8(0), _either(left, right)))


def _or(left: Column, right: Column) -> Column:
    holds = left.units | right.units
    return _truth(holds, np.where(holds, np.uint8(0), _either(left, right)))


def _choose(condition: Column, then: Column, otherwise: Column) -> Column:
    first, second, places = _aligned(then, otherwise)
    chosen = np.where(condition.units, then.nulls, otherwise.nulls)
    return _column(np.where(condition.units, first, second), places, np.where(condition.nulls, condition.nulls, chosen))


def _coalesce(left: Column, right: Column) -> Column:
    first, second, places = _aligned(left, right)
    replaced = (left.nulls == _MISSING) | (left.nulls == _BY_ZERO)
    return _column(np.where(replaced, second, first), places, np.where(replaced, right.nulls, left.nulls))


_OPERATORS: Final[Mapping[Operator, Callable[..., Column]]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "absolute": lambda value: _column(size(value.units), value.places, value.nulls),
    "lesser": _pairwise(np.minimum),
    "greater": _pairwise(np.maximum),
    "round": _round,
    "less": _comparison(np.less),
    "at_most": _comparison(np.less_equal),
    "equal": _comparison(np.equal),
    "and": _and,
    "or": _or,
    "not": lambda value: _truth(~value.units, value.nulls),
    "choose": _choose,
    "coalesce": _coalesce,
    "is_null": lambda value: _truth(value.nulls != 0, np.zeros_like(value.nulls)),
}
