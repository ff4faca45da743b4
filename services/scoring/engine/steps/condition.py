"""Condition: values against limits, joined by all or any, as gates ask for it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from scoring.engine.exact import Flags
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import first_of
from scoring.engine.steps.step import Scope, Strict, same_currency
from scoring.engine.teller import Teller

COMPARISONS = {"at_least": np.greater_equal, "above": np.greater, "at_most": np.less_equal, "below": np.less}


class Comparison(Strict):
    """One value against a limit, equality as written: at_least and at_most include it, above and below do not."""

    value: Operand
    at_least: Operand | None = None
    above: Operand | None = None
    at_most: Operand | None = None
    below: Operand | None = None

    @model_validator(mode="after")
    def _has_a_limit(self) -> "Comparison":
        if not self.limits():
            raise PydanticCustomError("condition_without_limit", "Say at_least, above, at_most or below")
        return self

    def check(self, scope: Scope) -> None:
        """Raises StepProblem where money is compared with a plain number, or with money in another currency."""
        value = scope.find(self.value, "when")
        for limit in self.limits().values():
            other = scope.find(limit, "when")
            if isinstance(self.value, str) and isinstance(limit, str) and value.unit is not other.unit:
                raise StepProblem("unit_mismatch", "when", f"{self.value} is {value.unit}, and {limit} is {other.unit}.")
            same_currency([value, other], "when")

    def limits(self) -> dict[str, Decimal | str]:
        return {word: limit for word in COMPARISONS if (limit := getattr(self, word)) is not None}

    def operands(self) -> Iterator[str | Decimal]:
        yield self.value
        yield from self.limits().values()

    def sentence(self, teller: Teller) -> str:
        limits = " and ".join(f"{word.replace('_', ' ')} {teller.text(limit)}" for word, limit in self.limits().items())
        return f"{teller.text(self.value)} {limits}"

    def holds(self, frame: Frame, level: Level) -> tuple[Flags, Any]:
        """Where it holds, and the reasons of what could not be compared."""
        value, met, reasons = frame.at(level, self.value), np.ones(1, dtype=bool), None
        reasons = value.reasons
        for word, operand in self.limits().items():
            limit = frame.at(level, operand)
            places = max(value.places, limit.places)
            met = met & COMPARISONS[word](value.at(places).values, limit.at(places).values)
            reasons = first_of(reasons, limit.reasons)
        return met, reasons


class All(Strict):
    """Every one of several conditions."""

    all: list["Condition"] = Field(min_length=1, max_length=50)

    def operands(self) -> Iterator[str | Decimal]:
        for condition in self.all:
            yield from condition.operands()

    def check(self, scope: Scope) -> None:
        for condition in self.all:
            condition.check(scope)

    def sentence(self, teller: Teller) -> str:
        return " and ".join(f"({condition.sentence(teller)})" for condition in self.all)

    def holds(self, frame: Frame, level: Level) -> tuple[Flags, Any]:
        return _joined(self.all, frame, level, np.logical_and)


class AnyOf(Strict):
    """At least one of several conditions."""

    any: list["Condition"] = Field(min_length=1, max_length=50)

    def operands(self) -> Iterator[str | Decimal]:
        for condition in self.any:
            yield from condition.operands()

    def check(self, scope: Scope) -> None:
        for condition in self.any:
            condition.check(scope)

    def sentence(self, teller: Teller) -> str:
        return " or ".join(f"({condition.sentence(teller)})" for condition in self.any)

    def holds(self, frame: Frame, level: Level) -> tuple[Flags, Any]:
        return _joined(self.any, frame, level, np.logical_or)


def _condition_shape(value: Any) -> str:
    """all or any where the value is such a list, else a comparison: only then is what is wrong with it worth telling."""
    given = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    return next((f"<{shape}>" for shape in ("all", "any") if shape in given), "<comparison>")  # not to be taken for the field


Condition = Annotated[
    Annotated[Comparison, Tag("<comparison>")] | Annotated[All, Tag("<all>")] | Annotated[AnyOf, Tag("<any>")],
    Discriminator(_condition_shape),
]


def _joined(conditions: list[Any], frame: Frame, level: Level, join: Any) -> tuple[Flags, Any]:
    met, reasons = conditions[0].holds(frame, level)
    for condition in conditions[1:]:
        other, unknown = condition.holds(frame, level)
        met, reasons = join(met, other), first_of(reasons, unknown)
    return met, reasons
