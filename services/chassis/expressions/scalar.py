"""The plain meaning of terms: one row, in Decimal. `columns` must give the same for every row."""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from chassis.expressions.terms import Measure, Null, Number, Operator, Term
from chassis.numbers import INTEGER_DIGITS, PLACES, rounded

Value = Decimal | bool | Null

_EXACT: Final = Context(prec=120)  # a product of two 38-digit numbers has 76 digits


def calculate(term: Term, values: Mapping[str, Decimal | None]) -> Value:
    """The term's value for one row of measures."""
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Measure):
        value = values[term.name]
        return Null.MISSING_VALUE if value is None else value
    return _OPERATORS[term.operator](*(calculate(operand, values) for operand in term.operands))


def _strict(operation: Callable[..., Value]) -> Callable[..., Value]:
    """Null as soon as an operand is; the first one's reason stands."""

    def guarded(*operands: Value) -> Value:
        return next((operand for operand in operands if isinstance(operand, Null)), None) or operation(*operands)

    return guarded


def _bounded(value: Decimal) -> Value:
    exponent = value.as_tuple().exponent
    value = rounded(value, PLACES) if isinstance(exponent, int) and exponent < -PLACES else value
    return Null.OUT_OF_RANGE if value and value.adjusted() >= INTEGER_DIGITS else value


def _divide(left: Decimal, right: Decimal) -> Value:
    return _bounded(rounded(Fraction(left) / Fraction(right), PLACES)) if right else Null.DIVISION_BY_ZERO


def _and(left: Value, right: Value) -> Value:
    return False if left is False or right is False else _logic(left, right, True)


def _or(left: Value, right: Value) -> Value:
    return True if left is True or right is True else _logic(left, right, False)


def _logic(left: Value, right: Value, otherwise: bool) -> Value:
    return next((side for side in (left, right) if isinstance(side, Null)), otherwise)


def _choose(condition: Value, then: Value, otherwise: Value) -> Value:
    return condition if isinstance(condition, Null) else then if condition else otherwise


def _coalesce(left: Value, right: Value) -> Value:
    return right if left in (Null.MISSING_VALUE, Null.DIVISION_BY_ZERO) else left


_OPERATORS: Final[Mapping[Operator, Callable[..., Value]]] = {
    "add": _strict(lambda left, right: _bounded(_EXACT.add(left, right))),
    "subtract": _strict(lambda left, right: _bounded(_EXACT.subtract(left, right))),
    "multiply": _strict(lambda left, right: _bounded(_EXACT.multiply(left, right))),
    "divide": _strict(_divide),
    "absolute": _strict(lambda value: value.copy_abs()),
    "lesser": _strict(min),
    "greater": _strict(max),
    "round": _strict(lambda value, places: _bounded(rounded(value, int(places)))),
    "less": _strict(lambda left, right: left < right),
    "at_most": _strict(lambda left, right: left <= right),
    "equal": _strict(lambda left, right: left == right),
    "and": _and,
    "or": _or,
    "not": _strict(lambda value: not value),
    "choose": _choose,
    "coalesce": _coalesce,
    "is_null": lambda value: isinstance(value, Null),
}
