"""Gate: a condition, and what happens to a value where it is not met."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from scoring.engine.columns import Column
from scoring.engine.exact import Flags, product, total
from scoring.engine.frame import Frame, chosen
from scoring.engine.meanings import Level, Meaning, finest
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, first_of, is_null, marked, spoken
from scoring.engine.steps.step import Chosen, Scope, Strict, same_currency
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
    return next((shape for shape in ("all", "any") if shape in given), "comparison")


Condition = Annotated[
    Annotated[Comparison, Tag("comparison")] | Annotated[All, Tag("all")] | Annotated[AnyOf, Tag("any")], Discriminator(_condition_shape)
]


class CapAt(Strict):
    """Where the gate is shut, no more than this."""

    cap: Operand


class ScaleBy(Strict):
    """Where the gate is shut, this share of the value."""

    scale: Operand


class ForfeitBelow(Strict):
    """Where the gate is open, only the part of the value above this counts; where it is shut, nothing."""

    forfeit_below: Operand


class Instead(Strict):
    """Where the gate is shut, another value takes its place."""

    instead: Operand


def _effect_shape(value: Any) -> str:
    """The first effect that is named, zero where none is."""
    given = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    return next((effect for effect in ("cap", "scale", "forfeit_below", "instead") if effect in given), "zero")


Effect = Annotated[
    Annotated[Literal["zero"], Tag("zero")]
    | Annotated[CapAt, Tag("cap")]
    | Annotated[ScaleBy, Tag("scale")]
    | Annotated[ForfeitBelow, Tag("forfeit_below")]
    | Annotated[Instead, Tag("instead")],
    Discriminator(_effect_shape),
]


class Gate(Chosen):
    """Where `when` is met the value stays as it is; where not, `otherwise` says what becomes of it.

    zero: nothing (met, everything counts: the gate unlocks the whole). cap: no more than that. scale: that share of it. forfeit_below: the
    part below is lost for good, also where the gate is met. instead: another value takes its place.
    """

    kind: Literal["gate"]
    when: Condition
    otherwise: Effect = "zero"

    zero_reason: ClassVar[str] = "comes_to_zero"

    def operands(self) -> Iterator[str | Decimal]:
        yield from super().operands()
        yield from self.when.operands()
        if not isinstance(self.otherwise, str):
            yield self._effect()

    def _effect(self) -> Decimal | str:
        effect = self.otherwise
        if isinstance(effect, CapAt):
            return effect.cap
        if isinstance(effect, ScaleBy):
            return effect.scale
        if isinstance(effect, Instead):
            return effect.instead
        return effect.forfeit_below if isinstance(effect, ForfeitBelow) else Decimal(0)

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        conditions = [scope.find(operand, "when") for operand in self.when.operands()]
        self.when.check(scope)
        effect = scope.find(self._effect(), "otherwise")
        level = finest([of.level, effect.level, *(condition.level for condition in conditions)])
        if level is Level.LINE and of.level is not Level.LINE:
            raise StepProblem(
                "level_mismatch", "when", "The gate works per person; compare a value per person, such as `over_lines: lowest`."
            )
        ends = [of.low, of.high, Fraction(0)]
        if isinstance(self.otherwise, ScaleBy):
            ends += [end * factor for end in (of.low, of.high) for factor in (effect.low, effect.high)]
        elif isinstance(self.otherwise, CapAt | ForfeitBelow | Instead):
            self._is_alike(of, effect)
            ends += [effect.low, of.high - effect.low] if not isinstance(self.otherwise, Instead) else [effect.low, effect.high]
        return replace(of, level=level, low=min(ends), high=max(ends), among=())

    def _is_alike(self, of: Meaning, effect: Meaning) -> None:
        if isinstance(self._effect(), str) and of.unit is not effect.unit:
            raise StepProblem("unit_mismatch", "otherwise", f"The value is {of.unit}, and {self._effect()} is {effect.unit}.")
        same_currency([of, effect], "otherwise")

    def compute(self, frame: Frame, level: Level) -> Column:
        of = frame.at(level, self.of)
        met, unknown = self.when.holds(frame, level)
        met, values = np.broadcast_arrays(met, of.values)
        of = Column(values, of.places, of.reasons)
        shut = self._shut(of, frame, level)
        opened = self._above_gate(of, frame, level) if isinstance(self.otherwise, ForfeitBelow) else of
        column = chosen(met, opened, shut).at(self.places, self.rounding)
        return column if unknown is None else Column(column.values, column.places, self._reasons(column, unknown))

    def _reasons(self, column: Column, unknown: Any) -> Any:
        """A null value speaks first, then a figure of the condition that is not there: what cannot be judged is an error, never a pass."""
        null, lacking = is_null(column.reasons), is_null(unknown)
        if lacking is None:
            return column.reasons
        errors = failed(unknown)
        told = np.where(lacking, Reason.condition_unknown if errors is None else np.where(errors, unknown, Reason.condition_unknown), 0)
        return first_of(None if null is None else np.where(null, spoken(column.reasons), 0), told, column.reasons)

    def words(self, teller: Teller) -> str:
        met, _ = self.when.holds(teller.frame, teller.level)
        is_met = bool(met[teller.row if len(met) > 1 else 0])
        said = f"the gate ({self.when.sentence(teller)}) is {'met' if is_met else 'not met'}"
        if isinstance(self.otherwise, ForfeitBelow) and is_met:
            return f"{said}; of {teller.text(self.of)} only what is above {teller.text(self.otherwise.forfeit_below)} counts"
        if is_met:
            return f"{said}; {teller.text(self.of)} stays"
        if isinstance(self.otherwise, CapAt):
            return f"{said}; {teller.text(self.of)} counts up to {teller.text(self.otherwise.cap)}"
        if isinstance(self.otherwise, ScaleBy):
            return f"{said}; {teller.text(self.of)} × {teller.text(self.otherwise.scale)}"
        if isinstance(self.otherwise, Instead):
            return f"{said}; {teller.text(self.otherwise.instead)} takes the place of {teller.text(self.of)}"
        return f"{said}; {teller.text(self.of)} counts as nothing"

    def _shut(self, of: Column, frame: Frame, level: Level) -> Column:
        null = is_null(of.reasons)
        closed = np.full(of.values.shape, Reason.gate_not_met, dtype=np.int8)
        reasons = closed if null is None else np.where(null, spoken(of.reasons), closed)
        if isinstance(self.otherwise, CapAt):
            cap = frame.at(level, self.otherwise.cap)
            places = max(of.places, cap.places)
            return Column(np.minimum(of.at(places).values, cap.at(places).values), places, first_of(cap.reasons, of.reasons, reasons))
        if isinstance(self.otherwise, ScaleBy):
            scale = frame.at(level, self.otherwise.scale)
            exact = Column(product(of.values, scale.values), of.places + scale.places, first_of(scale.reasons, of.reasons, reasons))
            return exact.at(self.places, self.rounding)
        if isinstance(self.otherwise, Instead):
            other = frame.at(level, self.otherwise.instead)
            return Column(np.broadcast_to(other.values, of.values.shape), other.places, first_of(other.reasons, closed))
        return Column(np.zeros(of.values.shape, dtype=np.int64), of.places, reasons)

    def _above_gate(self, of: Column, frame: Frame, level: Level) -> Column:
        limit = frame.at(level, self._effect())
        places = max(of.places, limit.places)
        rest = np.maximum(total(of.at(places).values, -limit.at(places).values), 0)
        return Column(rest, places, marked(first_of(of.reasons, limit.reasons), rest == 0, Reason.slice_forfeited))


def _joined(conditions: list[Any], frame: Frame, level: Level, join: Any) -> tuple[Flags, Any]:
    met, reasons = conditions[0].holds(frame, level)
    for condition in conditions[1:]:
        other, unknown = condition.holds(frame, level)
        met, reasons = join(met, other), first_of(reasons, unknown)
    return met, reasons
