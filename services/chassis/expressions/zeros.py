"""Which divisions of a formula can meet a zero."""

from collections.abc import Iterator
from typing import Final

from chassis.expressions.canonical import term_text
from chassis.expressions.terms import Measure, Number, Operation, Term

Known = frozenset[str]
_NOTHING: Final[Known] = frozenset()


def divisors_that_can_be_zero(term: Term) -> list[Term]:
    """What is divided by though it can be zero, where neither a condition (`... if b > 0 else ...`) nor coalesce sees to it, in the order
    of the text. A measure may always be zero; a sum of measures too."""
    return list(_divisors(term, _NOTHING))


def measures_of(term: Term) -> list[str]:
    """The names of the measures in a term, each once, in the order of the text."""
    if isinstance(term, Measure):
        return [term.name]
    operands = term.operands if isinstance(term, Operation) else ()
    return list(dict.fromkeys(name for operand in operands for name in measures_of(operand)))


def _divisors(term: Term, known: Known) -> Iterator[Term]:
    if not isinstance(term, Operation):
        return
    if term.operator == "coalesce":
        yield from _divisors(term.operands[-1], known)  # what comes before is replaced when it is null
        return
    if term.operator == "choose":
        condition, then, otherwise = term.operands
        yield from _divisors(condition, known)
        yield from _divisors(then, known | _not_zero_if(condition))
        yield from _divisors(otherwise, known | _not_zero_unless(condition))
        return
    for operand in term.operands:
        yield from _divisors(operand, known)
    if term.operator == "divide" and not _never_zero(term.operands[1], known):
        yield term.operands[1]


def _never_zero(term: Term, known: Known) -> bool:
    if isinstance(term, Number):
        return term.value != 0
    if term_text(term) in known:
        return True
    return isinstance(term, Operation) and term.operator == "greater" and any(isinstance(o, Number) and o.value > 0 for o in term.operands)


def _not_zero_if(condition: Term) -> Known:
    """What is not zero when the condition holds."""
    match condition:
        case Operation(operator="less", operands=(Number(value=value), term)) if value >= 0:
            return frozenset({term_text(term)})
        case Operation(operator="at_most", operands=(Number(value=value), term)) if value > 0:
            return frozenset({term_text(term)})
        case Operation(operator="and", operands=(left, right)):
            return _not_zero_if(left) | _not_zero_if(right)
        case Operation(operator="not", operands=(inner,)):
            return _not_zero_unless(inner)
    return _NOTHING


def _not_zero_unless(condition: Term) -> Known:
    """What is not zero when the condition does not hold."""
    match condition:
        case Operation(operator="equal", operands=(left, right)):
            pairs = ((left, right), (right, left))
            return frozenset(term_text(term) for term, other in pairs if isinstance(other, Number) and other.value == 0)
        case Operation(operator="not", operands=(inner,)):
            return _not_zero_if(inner)
        case Operation(operator="or", operands=(left, right)):
            return _not_zero_unless(left) | _not_zero_unless(right)
    return _NOTHING
