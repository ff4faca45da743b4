"""Gate: a condition, and what happens to a value where it is not met."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Discriminator, Tag

from scoring.engine.columns import Column
from scoring.engine.exact import product, total
from scoring.engine.frame import Frame, chosen
from scoring.engine.meanings import Level, Meaning, finest
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, failed, first_of, is_null, marked, spoken
from scoring.engine.steps.condition import Condition
from scoring.engine.steps.step import Chosen, Scope, Strict, same_currency
from scoring.engine.teller import Teller


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
    """The first effect that is named, zero where none is; no tag reads like a field, or a problem would point to the wrong one."""
    given = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    return next((f"<{effect}>" for effect in ("cap", "scale", "forfeit_below", "instead") if effect in given), "<zero>")


Effect = Annotated[
    Annotated[Literal["zero"], Tag("<zero>")]
    | Annotated[CapAt, Tag("<cap>")]
    | Annotated[ScaleBy, Tag("<scale>")]
    | Annotated[ForfeitBelow, Tag("<forfeit_below>")]
    | Annotated[Instead, Tag("<instead>")],
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
