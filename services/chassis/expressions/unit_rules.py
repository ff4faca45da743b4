"""What each combination of operands gives, or the problem that names both units."""

from collections.abc import Sequence
from typing import Final

from chassis.expressions.canonical import term_text
from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.terms import Term
from chassis.expressions.units import COUNT, PERCENT, RATIO, TRUTH, Unit

_SAID: Final = 60
_TOO_LARGE: Final = "their product comes out a hundred times too large; write ratio(...) around the percent."


def numeric(term: Term, position: int) -> Unit | None:
    """The unit of a term that must be a number; None for bare numbers, which take any unit."""
    if term.unit == TRUTH:
        raise ExpressionProblem("not_a_number", "A number is needed here, but this is a condition.", position)
    return term.unit


def condition(term: Term, position: int) -> Term:
    """The term, which must be a condition."""
    if term.unit != TRUTH:
        raise ExpressionProblem("not_a_condition", "A condition is needed here, such as a comparison, but this is a number.", position)
    return term


def common_unit(terms: Sequence[Term], position: int) -> Unit | None:
    """The one unit of terms that are added, compared or chosen between."""
    with_unit = [(term, unit) for term in terms if (unit := numeric(term, position)) is not None]
    for term, unit in with_unit:
        first, wanted = with_unit[0]
        if unit != wanted:
            both = f"{_said(first)} is {wanted} and {_said(term)} is {unit}"
            message = f"{both}: they cannot be added, compared or exchanged; {_remedy({wanted, unit})}"
            raise ExpressionProblem("unit_mismatch", message, position)
    return with_unit[0][1] if with_unit else None


def product_unit(left: Term, right: Term, position: int) -> Unit | None:
    """The unit of left * right."""
    first, second = numeric(left, position), numeric(right, position)
    if first is None or second is None:
        return first or second
    if PERCENT in (first, second) and RATIO not in (first, second):
        message = f"{_said(left)} is {first} and {_said(right)} is {second}: {_TOO_LARGE}"
        raise ExpressionProblem("unit_mismatch", message, position)
    return first.times(second)


def quotient_unit(left: Term, right: Term, position: int) -> Unit | None:
    """The unit of left / right."""
    above, below = numeric(left, position), numeric(right, position)
    return above if below is None else (above or RATIO).per(below)


def unit_of_part(unit: Unit | None, part: Unit) -> None:
    """Whether a formula of a unit (None for bare numbers, which take any) gives what its part measures: the same unit, or that per count,
    since an average over counted things is in the unit of those things. Raises ExpressionProblem unit_of_part with the remedy."""
    if unit is None or unit in (part, part.per(COUNT)):
        return
    if unit == TRUTH:
        raise ExpressionProblem("not_a_number", "A part is measured by a number, but this is a condition; write 1 if ... else 0.")
    remedy = {(RATIO, PERCENT): "write percent(...)", (PERCENT, RATIO): "write ratio(...)"}
    fix = remedy.get((unit, part), "change the formula or the unit of the part")
    raise ExpressionProblem("unit_of_part", f"The formula gives {unit}, the part is {part}: {fix}.")


def _said(term: Term) -> str:
    """How a term is named in a sentence; a long one is cut."""
    text = term_text(term)
    return f'"{text}"' if len(text) <= _SAID else f'"{text[:_SAID]}…"'


def _remedy(units: set[Unit]) -> str:
    return "write percent(...) around the ratio." if units == {PERCENT, RATIO} else "convert one of them first."
