"""The canonical text of a term: what means the same by the laws of sums, products and comparisons is written the same.

Operands whose order does not matter are sorted, sums and products of several are one list, numbers stand without trailing zeros. It is
text of the language, for comparing formulas and for messages; a function of many values, written as a sum, may be longer than the language
reads. To compute, take the formula itself: another order of a product may round differently in the twelfth place, and of two reasons for a
null another one may stand.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chassis.expressions.terms import Measure, Number, Operation, Operator, Term
from chassis.expressions.units import PERCENT, RATIO
from chassis.numbers import plain_text

if TYPE_CHECKING:
    from chassis.expressions.expression import Expression

_INFIX: Final[Mapping[Operator, str]] = {
    "add": "+", "multiply": "*", "and": "and", "or": "or", "equal": "==", "subtract": "-", "divide": "/", "less": "<", "at_most": "<=",
}  # fmt: skip
_FUNCTION: Final[Mapping[Operator, str]] = {
    "lesser": "min", "greater": "max", "absolute": "abs", "round": "round", "coalesce": "coalesce", "is_null": "is_null",
}  # fmt: skip
_ANY_ORDER: Final = {"add", "multiply", "and", "or", "equal", "lesser", "greater"}
_ONE_LIST: Final = _ANY_ORDER - {"equal"} | {"coalesce"}


def canonical(expression: "Expression") -> str:
    """The canonical text of an expression, such as "percent(won / (lost + won))"."""
    return term_text(expression.term)


def term_text(term: Term) -> str:
    """The canonical text of a term."""
    text = _text(term)
    return text[1:-1] if isinstance(term, Operation) and _bracketed(term) else text


def _text(term: Term) -> str:
    if isinstance(term, Number):
        return plain_text(term.value.normalize()) if term.value else "0"
    if isinstance(term, Measure):
        return term.name
    if conversion := _conversion(term):
        return f"{conversion}({term_text(term.operands[0])})"
    if term.operator == "choose":
        condition, then, otherwise = map(_text, term.operands)
        return f"({then} if {condition} else {otherwise})"
    if term.operator == "not":
        return f"(not {_text(term.operands[0])})"
    return _joined(term)


def _joined(term: Operation) -> str:
    operands = _flat(term) if term.operator in _ONE_LIST else list(term.operands)
    write: Callable[[Term], str] = _text if term.operator in _INFIX else term_text
    texts = [write(operand) for operand in operands]
    if term.operator in _ANY_ORDER:
        texts.sort()
    if term.operator in _INFIX:
        return f"({f' {_INFIX[term.operator]} '.join(texts)})"
    return f"{_FUNCTION[term.operator]}({', '.join(texts)})"


def _flat(term: Operation) -> list[Term]:
    """The operands of an operation and of the same operation within it."""
    flat: list[Term] = []
    for operand in term.operands:
        same = isinstance(operand, Operation) and operand.operator == term.operator and not _conversion(operand)
        flat += _flat(operand) if isinstance(operand, Operation) and same else [operand]
    return flat


def _conversion(term: Operation) -> str | None:
    """percent or ratio: a hundredfold whose unit changes, as only these functions make it."""
    *_, last = term.operands
    if not isinstance(last, Number) or last.value != Decimal(100):
        return None
    source = term.operands[0].unit
    if term.operator == "multiply" and term.unit == PERCENT and source in (None, RATIO):
        return "percent"
    return "ratio" if term.operator == "divide" and term.unit == RATIO and source in (None, PERCENT) else None


def _bracketed(term: Operation) -> bool:
    return (term.operator in _INFIX or term.operator in {"choose", "not"}) and not _conversion(term)
