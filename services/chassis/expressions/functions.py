"""The functions of the language, each written with the few operators both back ends know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes, what builds its term from them and the call's position, and what it means."""

    least: int
    most: int
    build: Build
    written: str
    meaning: str


FUNCTIONS: Final[Mapping[str, Function]] = {
    "min": Function(2, 100, _folded("lesser"), "min(a, b, ...)", "the smallest; null if one is null"),
    "max": Function(2, 100, _folded("greater"), "max(a, b, ...)", "the largest; null if one is null"),
    "sum": Function(1, 100, _folded("add"), "sum(a, b, ...)", "the total; null if one is null, since a missing part is not zero"),
    "mean": Function(1, 100, _mean, "mean(a, b, ...)", "the average; null if one is null"),
    "abs": Function(1, 1, _absolute, "abs(a)", "without its sign"),
    "round": Function(2, 2, _round, "round(a, places)", f"half-up away from zero; places from 0 to {PLACES}, written as a number"),
    "coalesce": Function(2, 100, _folded("coalesce"), "coalesce(a, b, ...)", "the first that is not null; out_of_range stays null"),
    "is_null": Function(1, 1, _is_null, "is_null(a)", "true or false, never null"),
    "percent": Function(1, 1, _converted("multiply", RATIO, PERCENT), "percent(a)", "a ratio as a percentage: 0.28 is 28 percent"),
    "ratio": Function(1, 1, _converted("divide", PERCENT, RATIO), "ratio(a)", "a percentage as a ratio: 28 percent is 0.28"),
}
