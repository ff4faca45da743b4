"""The tree an expression becomes: numbers, measures and operations, each with its unit. Both back ends read it, and so can a front end."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from chassis.expressions.units import Unit
from chassis.numbers import plain_text

Operator = Literal[
    "add",
    "subtract",
    "multiply",
    "divide",
    "absolute",
    "lesser",
    "greater",
    "round",
    "less",
    "at_most",
    "equal",
    "and",
    "or",
    "not",
    "choose",
    "coalesce",
    "is_null",
]
"""lesser, greater: the smaller, larger of two. less, at_most, equal: comparisons. choose(condition, then, otherwise)."""


class Null(StrEnum):
    """Why there is no value."""

    MISSING_VALUE = "missing_value"
    DIVISION_BY_ZERO = "division_by_zero"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written. Its unit is None until it stands beside something that has one."""

    value: Decimal
    unit: Unit | None = None

    def to_json(self) -> dict[str, Any]:
        return {"number": plain_text(self.value), "unit": _written(self.unit)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A value given by name."""

    name: str
    unit: Unit

    def to_json(self) -> dict[str, Any]:
        return {"measure": self.name, "unit": _written(self.unit)}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over terms; `unit` is that of the result, None when all operands are bare numbers."""

    operator: Operator
    operands: "tuple[Term, ...]"
    unit: Unit | None

    def to_json(self) -> dict[str, Any]:
        operands = [operand.to_json() for operand in self.operands]
        return {"operator": self.operator, "operands": operands, "unit": _written(self.unit)}


def _written(unit: Unit | None) -> str | None:
    return None if unit is None else str(unit)


Term = Number | Measure | Operation
