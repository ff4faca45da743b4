"""An expression that was read and checked, ready to be evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from chassis.expressions.grammar import read_term
from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.scalar import calculate
from chassis.expressions.terms import Measure, Null, Operation, Term
from chassis.expressions.units import RATIO, TRUTH, Unit
from chassis.numbers import read_exact

if TYPE_CHECKING:
    from chassis.expressions.columns import Column


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, or None with the reason why there is none. Conditions give True or False."""

    value: Decimal | bool | None
    reason: Null | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula (its unit is that of its result) or a condition (its unit is TRUTH)."""

    text: str
    term: Term
    measures: Mapping[str, Unit]

    @property
    def unit(self) -> Unit:
        return self.term.unit or RATIO

    def evaluate(self, values: Mapping[str, Decimal | int | None]) -> Decimal | None:
        """The formula's value for one row; None where a value is missing or cannot be computed (`outcome` says which).

        Raises ExpressionProblem when a measure is not given at all, or is no exact number; TypeError for a condition.
        """
        value = self.outcome(values).value
        if isinstance(value, bool):
            raise TypeError("a condition holds or not; it has no number")
        return value

    def holds(self, values: Mapping[str, Decimal | int | None]) -> bool | None:
        """Whether the condition is met; None where that cannot be known. Raises as `evaluate`; TypeError for a formula."""
        if self.unit != TRUTH:
            raise TypeError("a formula has a number; only a condition holds or not")
        value = self.outcome(values).value
        return None if value is None else bool(value)

    def outcome(self, values: Mapping[str, Decimal | int | None]) -> Outcome:
        """The value together with the reason when there is none."""
        result = calculate(self.term, {name: _given(name, values) for name in self.measures})
        return Outcome(None, result) if isinstance(result, Null) else Outcome(result)

    def evaluate_many(self, columns: "Mapping[str, Column]") -> "Column":
        """The same for many rows: one Column per measure, all of one length, gives one Column. Needs NumPy."""
        from chassis.expressions.columns import calculate_many  # NumPy belongs to scoring; who evaluates single rows goes without

        return calculate_many(self.term, {name: columns[name] for name in self.measures})

    def to_json(self) -> dict[str, Any]:
        """For front ends and digests: the text, the unit, the units of the measures used, and the tree."""
        units = {name: str(unit) for name, unit in self.measures.items()}
        return {"text": self.text, "unit": str(self.unit), "measures": units, "term": self.term.to_json()}


def parse(text: str, measures: Mapping[str, Unit]) -> Expression:
    """Read an expression over the measures named, of which it may use any. `Expression.measures` keeps those it uses.

    Raises ExpressionProblem with a code: syntax, not_in_language, literal, unknown_measure, unknown_function, arguments, places,
    unit_mismatch, not_a_number, not_a_condition, too_long, too_complex.
    """
    term = read_term(text, measures)
    used = {name: unit for name, unit in measures.items() if name in _names(term)}
    return Expression(text, term, used)


def _names(term: Term) -> set[str]:
    if isinstance(term, Measure):
        return {term.name}
    return set().union(*map(_names, term.operands)) if isinstance(term, Operation) else set()


def _given(name: str, values: Mapping[str, Decimal | int | None]) -> Decimal | None:
    if name not in values:
        raise ExpressionProblem("measure_not_given", f'No value was given for "{name}"; give null if there is none.')
    try:
        return None if values[name] is None else read_exact(values[name])
    except PydanticCustomError as error:
        raise ExpressionProblem("measure_not_exact", f'The value of "{name}" cannot be used: {error.message()}.') from error
