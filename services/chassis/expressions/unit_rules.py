"""What each combination of operands gives, or the problem that names both units."""

from collections.abc import Sequence

from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.terms import Term
from chassis.expressions.units import PERCENT, RATIO, TRUTH, Unit


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
    units = [unit for term in terms if (unit := numeric(term, position)) is not None]
    for unit in units:
        if unit != units[0]:
            message = f"{units[0]} and {unit} cannot be added, compared or exchanged; {_remedy({units[0], unit})}"
            raise ExpressionProblem("unit_mismatch", message, position)
    return units[0] if units else None


def product_unit(left: Term, right: Term, position: int) -> Unit | None:
    """The unit of left * right."""
    first, second = numeric(left, position), numeric(right, position)
    if first is None or second is None:
        return first or second
    if PERCENT in (first, second) and RATIO not in (first, second):
        message = f"{first} times {second} comes out a hundred times too large; write ratio(...) around the percent."
        raise ExpressionProblem("unit_mismatch", message, position)
    return first.times(second)


def quotient_unit(left: Term, right: Term, position: int) -> Unit | None:
    """The unit of left / right."""
    above, below = numeric(left, position), numeric(right, position)
    return above if below is None else (above or RATIO).per(below)


def _remedy(units: set[Unit]) -> str:
    return "write percent(...) around the ratio." if units == {PERCENT, RATIO} else "convert one of them first."
