"""The language for front ends, made from what reads and computes it: its grammar, and the JSON Schema of `Expression.to_json`."""

import ast
from collections.abc import Container
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from chassis.expressions.expression import parse
from chassis.expressions.functions import FUNCTIONS
from chassis.expressions.grammar import ARITHMETIC, COMPARISONS, MAXIMUM_CHARACTERS, MAXIMUM_DEPTH, MAXIMUM_NODES, SYMBOLS
from chassis.expressions.names import MAXIMUM_NAME
from chassis.expressions.problems import PROBLEMS, ExpressionProblem
from chassis.expressions.terms import Null, Operator
from chassis.expressions.units import Unit
from chassis.numbers import INTEGER_DIGITS, PATTERN, PLACES

PRECEDENCE: Final = (
    (ast.IfExp,), (ast.Or,), (ast.And,), (ast.Not,), tuple(COMPARISONS), (ast.Add, ast.Sub), (ast.Mult, ast.Div),
)  # fmt: skip
"""Loosest first, as in Python, whose parser reads."""

NULLS: Final = {
    Null.MISSING_VALUE: "A measure has no value. coalesce may put another in its place.",
    Null.DIVISION_BY_ZERO: "Something was divided by zero. coalesce may put a value in its place.",
    Null.OUT_OF_RANGE: f"A step gave more than {INTEGER_DIGITS} digits before the point. It stays null.",
}

UNIT_EXAMPLES: Final = (
    "revenue / spend", "revenue / won", "revenue / won * lost", "revenue - 100", "percent(won / lost)", "ratio(rate) * revenue",
    "won > lost", "hours + revenue", "rate * revenue", "rate + won / lost",
)  # fmt: skip
UNIT_MEASURES: Final = {"revenue": "USD", "spend": "USD", "won": "count", "lost": "count", "hours": "hours", "rate": "percent"}


def grammar() -> dict[str, Any]:
    """Operators, functions, units by example, nulls, limits and problems."""
    return {
        "operators": [_operator(node, level) for level, nodes in enumerate(PRECEDENCE, start=1) for node in nodes],
        "functions": [
            {"name": name, "written": known.written, "meaning": known.meaning, "least": known.least, "most": known.most}
            for name, known in FUNCTIONS.items()
        ],
        "numbers": {"pattern": r"[0-9]+(\.[0-9]+)?", "places": PLACES, "digits_before_point": INTEGER_DIGITS, "rounding": "half_up"},
        "units": {"measures": UNIT_MEASURES, "examples": [_unit_example(text) for text in UNIT_EXAMPLES]},
        "nulls": {str(null): meaning for null, meaning in NULLS.items()},
        "limits": {"characters": MAXIMUM_CHARACTERS, "parts": MAXIMUM_NODES, "depth": MAXIMUM_DEPTH, "name": MAXIMUM_NAME},
        "problems": dict(PROBLEMS),
    }


def _operator(node: type[ast.AST], level: int) -> dict[str, Any]:
    kinds: dict[str, Container[type[ast.AST]]] = {"arithmetic": ARITHMETIC, "comparison": COMPARISONS}
    kind = next((kind for kind, nodes in kinds.items() if node in nodes), "logic")
    return {"symbol": SYMBOLS[node], "precedence": level, "kind": kind}


def _unit_example(text: str) -> dict[str, Any]:
    try:
        return {"formula": text, "unit": str(parse(text, {name: Unit.read(unit) for name, unit in UNIT_MEASURES.items()}).unit)}
    except ExpressionProblem as problem:
        return {"formula": text, "problem": problem.code, "message": problem.message}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


UnitText = Annotated[str, Field(description="Such as ratio, percent, USD or USD/count; truth for a condition.", examples=["USD/count"])]


class NumberForm(_Form):
    """A number as written. Its unit is null until it takes that of what stands beside it."""

    number: str = Field(pattern=PATTERN)
    unit: UnitText | None


class MeasureForm(_Form):
    """A measure by name."""

    measure: str
    unit: UnitText


class OperationForm(_Form):
    """An operator over one to three terms. choose: condition, then, otherwise. lesser, greater: the smaller, larger of two."""

    operator: Operator
    operands: "list[NumberForm | MeasureForm | OperationForm]" = Field(min_length=1, max_length=3)
    unit: UnitText | None


class FormulaForm(_Form):
    """An expression that was read: its text, the units of the measures that it uses, and its tree."""

    text: str
    unit: UnitText
    measures: dict[str, UnitText]
    term: NumberForm | MeasureForm | OperationForm


def formula_json_schema() -> dict[str, Any]:
    """The JSON Schema of a checked formula."""
    schema = TypeAdapter(FormulaForm).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
