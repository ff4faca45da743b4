"""The functions of the language, each written with the few operators both back ends know.

min(a, b, ...)  max(a, b, ...)   smallest, largest; null if one is null
sum(a, b, ...)  mean(a, b, ...)  total, average; null if one is null (a missing part is not zero)
abs(a)                           without its sign
round(a, places)                 half-up away from zero; places from 0 to 12
coalesce(a, b, ...)              the first that is not null
is_null(a)                       true or false, never null
percent(a)                       a ratio as a percentage: 0.28 is 28 percent
ratio(a)                         a percentage as a ratio: 28 percent is 0.28
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Final

from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.terms import Number, Operation, Operator, Term
from chassis.expressions.unit_rules import common_unit, numeric
from chassis.expressions.units import PERCENT, RATIO, TRUTH, Unit
from chassis.numbers import PLACES

Build = Callable[[list[Term], int], Term]


def _folded(operator: Operator) -> Build:
    def build(operands: list[Term], position: int) -> Term:
        unit = common_unit(operands, position)
        return reduce(lambda left, right: Operation(operator, (left, right), unit), operands)

    return build


def _mean(operands: list[Term], position: int) -> Term:
    total = _folded("add")(operands, position)
    return Operation("divide", (total, Number(Decimal(len(operands)))), total.unit)


def _absolute(operands: list[Term], position: int) -> Term:
    return Operation("absolute", (operands[0],), numeric(operands[0], position))


def _round(operands: list[Term], position: int) -> Term:
    value, places = operands
    if not isinstance(places, Number) or places.value not in range(PLACES + 1):
        raise ExpressionProblem("places", f"round needs a whole number of places from 0 to {PLACES}, written as a number.", position)
    return Operation("round", (value, places), numeric(value, position))


def _is_null(operands: list[Term], position: int) -> Term:
    numeric(operands[0], position)
    return Operation("is_null", (operands[0],), TRUTH)


def _converted(operator: Operator, source: Unit, target: Unit) -> Build:
    def build(operands: list[Term], position: int) -> Term:
        unit = numeric(operands[0], position)
        if unit not in (None, source):
            raise ExpressionProblem("unit_mismatch", f"This converts {source} to {target}, but was given {unit}.", position)
        return Operation(operator, (operands[0], Number(Decimal(100))), target)

    return build


FUNCTIONS: Final[Mapping[str, tuple[int, int, Build]]] = {
    "min": (2, 100, _folded("lesser")),
    "max": (2, 100, _folded("greater")),
    "sum": (1, 100, _folded("add")),
    "mean": (1, 100, _mean),
    "abs": (1, 1, _absolute),
    "round": (2, 2, _round),
    "coalesce": (2, 100, _folded("coalesce")),
    "is_null": (1, 1, _is_null),
    "percent": (1, 1, _converted("multiply", RATIO, PERCENT)),
    "ratio": (1, 1, _converted("divide", PERCENT, RATIO)),
}
"""Name -> least and most arguments, and what builds the term from them and the call's position."""
