"""What every step has: a name, declared rounding, a cap and a floor, and for per-line steps the lines it is for.

A step kind is one class in one file of this folder: its fields are its YAML, `meaning` checks it before any number is known, `compute`
does its arithmetic over columns, `words` says it in plain sentences for one person.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chassis.numbers import RoundingMode
from scoring.engine.columns import PLACES, Column
from scoring.engine.exact import Flags
from scoring.engine.frame import Frame, chosen
from scoring.engine.meanings import LARGEST_RESULT, Level, Meaning, Unit, plain
from scoring.engine.numerals import Name, Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of, is_null, settled
from scoring.engine.teller import Teller

Words = Annotated[
    list[str],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]


class Strict(BaseModel):
    """Part of a plan: unknown fields are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def later(default: Any, **rules: Any) -> Any:
    """A field that earlier documents do not have: left out, it adds nothing to a plan's canonical form, so that its digest stays."""
    return Field(default, exclude_if=lambda value: value == default, **rules)


class Selection(Strict):
    """The lines a step is for: those that agree with every field given."""

    kpi: Words | None = Field(None, description="KPI codes.")
    component: Words | None = Field(None, description="Components, such as output or quality.")
    group: Words | None = Field(None, description="Groups.")
    direction: Words | None = Field(None, description="Directions, such as milestone.")

    _COLUMNS: ClassVar[Mapping[str, str]] = {"kpi": "kpi_code", "component": "component", "group": "group", "direction": "direction"}

    def flags(self, frame: Frame) -> Flags | None:
        """Where a line is selected; None for everywhere."""
        chosen_lines: Flags | None = None
        for field, column in self._COLUMNS.items():
            wanted = getattr(self, field)
            found = None if wanted is None else frame.lines.where_word(column, set(wanted))
            if found is not None:
                chosen_lines = found if chosen_lines is None else chosen_lines & found
        return chosen_lines

    def sentence(self) -> str:
        parts = [f"{field} {' or '.join(getattr(self, field))}" for field in self._COLUMNS if getattr(self, field)]
        return " and ".join(parts) or "every line"


class Scope:
    """The figures and earlier steps a step may refer to, with what they mean. A step that failed its own check is known without meaning."""

    def __init__(
        self,
        meanings: Mapping[str, Meaning | None],
        places: Mapping[str, int] | None = None,
        rates: Sequence[Any] = (),
        currency: str | None = None,
    ) -> None:
        """`places` says where in the list each step stands, for the words about one that is used too early; `rates` and `currency` are the
        plan's."""
        self.meanings, self.places, self.rates, self.currency = dict(meanings), places or {}, rates, currency

    def find(self, operand: str | Decimal, field: str) -> Meaning:
        """What the operand means. Raises StepProblem `unknown_reference` or, for a failed step, `depends_on_problem`."""
        if isinstance(operand, Decimal):
            return plain(Level.EVERYONE, Fraction(operand), Fraction(operand))
        if operand not in self.meanings:
            raise StepProblem("unknown_reference", field, self._unknown(operand))
        meaning = self.meanings[operand]
        if meaning is None:
            raise StepProblem("depends_on_problem", field, f'The step "{operand}" has a problem of its own.')
        return meaning

    def _unknown(self, operand: str) -> str:
        if operand in self.places:
            return f'"{operand}" is computed later, at /steps/{self.places[operand]}; move that step above this one.'
        return f'"{operand}" is no figure and no earlier step. Known here: {", ".join(sorted(self.meanings))}.'

    def find_all(self, operands: Sequence[str | Decimal], field: str) -> list[Meaning]:
        return [self.find(operand, f"{field}/{place}") for place, operand in enumerate(operands)]


class Step(Strict, ABC):
    """The fields all kinds share."""

    name: Name
    kind: str
    title: str | None = Field(None, max_length=200, description="What the statement calls this step; its name if left out.")
    places: int = Field(PLACES, ge=0, le=PLACES, description="Digits after the point that the result is rounded to.")
    rounding: RoundingMode = Field("half_up", description="How it is rounded. half_up takes ties away from zero.")
    cap: Operand | None = Field(None, description="No result is above this.")
    floor: Operand | None = Field(None, description="No result is below this.")

    zero_reason: ClassVar[str] = "comes_to_zero"

    # What a kind defines

    def operands(self) -> Iterator[str | Decimal]:
        """Everything the step refers to, cap and floor included."""
        yield from (operand for operand in (self.cap, self.floor) if operand is not None)

    @abstractmethod
    def meaning(self, scope: Scope) -> Meaning:
        """Level, unit and bounds of the result before cap and floor. Raises StepProblem."""

    @abstractmethod
    def compute(self, frame: Frame, level: Level) -> Column:
        """The result before cap and floor, at `places`."""

    @abstractmethod
    def words(self, teller: Teller) -> str:
        """The operation with its operands in one person's numbers, without the result."""

    # What all share

    def told(self, teller: Teller) -> str:
        """What the step did with this person or line."""
        return self.words(teller)

    def checked(self, scope: Scope) -> Meaning:
        """Level, unit and proven bounds of the result. Raises StepProblem."""
        meaning = self.meaning(scope)
        low, high = meaning.low, meaning.high
        for field in ("cap", "floor"):
            limit = self._limit(scope, field, meaning)
            if limit is not None:
                low, high = (min(low, limit[1]), min(high, limit[1])) if field == "cap" else (max(low, limit[0]), max(high, limit[1]))
        if max(abs(low), abs(high)) > LARGEST_RESULT:
            could = f"The result could reach 10^{len(str(int(max(abs(low), abs(high))))) - 1}, more than the 10^25 that can be held"
            mend = "give the inputs it is made of a minimum and a maximum, or this step or one above it a floor and a cap"
            raise StepProblem("plan_bounds", "", f"{could}; {mend}.")
        return replace(meaning, low=low, high=high, among=())

    def _limit(self, scope: Scope, field: str, meaning: Meaning) -> tuple[Fraction, Fraction] | None:
        operand = getattr(self, field)
        if operand is None:
            return None
        limit = scope.find(operand, field)
        if isinstance(operand, str) and limit.unit is not meaning.unit:
            raise StepProblem("unit_mismatch", field, f'The step gives {meaning.unit}, but "{operand}" is {limit.unit}.')
        if isinstance(operand, str):
            same_currency([meaning, limit], field)
        if limit.level is Level.LINE and meaning.level is not Level.LINE:
            raise StepProblem("level_mismatch", field, f'"{operand}" differs from line to line; this step has one value per person.')
        if limit.level is Level.PERSON and meaning.level is Level.EVERYONE:
            message = f'"{operand}" differs from person to person; this step has one value for everybody. Limit it in a `minimum` below.'
            raise StepProblem("level_mismatch", field, message)
        return limit.low, limit.high

    def evaluate(self, frame: Frame, level: Level) -> Column:
        """The result with cap, floor and the reason of every zero."""
        column = frame.unlimited[self.name] = self.compute(frame, level)
        return self.settled(self.limited(column, frame, level))

    def limited(self, column: Column, frame: Frame, level: Level) -> Column:
        """Cap and floor applied."""
        for operand, limit, reason in ((self.cap, np.minimum, "limited_to_zero"), (self.floor, np.maximum, "limited_to_zero")):
            if operand is None:
                continue
            bound = frame.at(level, operand)
            places = max(column.places, bound.places)
            left, right = column.at(places), bound.at(places)
            values = limit(left.values, right.values)
            reasons = first_of(left.reasons, bound.reasons if is_null(bound.reasons) is not None else None)
            if not right.values.all():
                reasons = _mark_changed_to_zero(left, values, reasons, Reason[reason])
            column = Column(values, places, reasons).at(self.places, self.rounding)
        return column

    def settled(self, column: Column) -> Column:
        """Nulls hold 0, every zero has its reason and nothing else has one."""
        column = column.without_nulls()
        if column.reasons is None and column.values.all():
            return column
        return Column(column.values, column.places, settled(column.reasons, column.values == 0, Reason[self.zero_reason]))


def _mark_changed_to_zero(before: Column, values: Any, reasons: Any, reason: int) -> Any:
    changed = (values == 0) & (before.values != 0)
    if not changed.any():
        return reasons
    result = np.zeros(values.shape, dtype=np.int8) if reasons is None else np.broadcast_to(reasons, values.shape).copy()
    result[changed & (result == 0)] = reason
    return result


def same_currency(meanings: Sequence[Meaning], field: str) -> None:
    """Raises StepProblem `currency_mismatch` where sums of money in different currencies would meet."""
    found = sorted({meaning.currency or "each person's own" for meaning in meanings if meaning.unit is Unit.MONEY})
    if len(found) > 1:
        raise StepProblem("currency_mismatch", field, f"Money in different currencies ({', '.join(found)}) meets here; convert it first.")


class Selective(Step):
    """A step that changes one value; per line, `only` names the lines it is for and the others keep the value they had."""

    only: Selection | None = Field(None, description="The lines it is for; the others keep the value of `of`.")

    @abstractmethod
    def changed(self) -> str | Decimal:
        """The value that is changed, and kept by the lines that `only` does not name."""

    def checked(self, scope: Scope) -> Meaning:
        meaning = super().checked(scope)
        if self.only is None:
            return meaning
        kept = scope.find(self.changed(), "of")
        if meaning.level is not Level.LINE:
            raise StepProblem("level_mismatch", "only", "Only a step that works per line can be for some lines.")
        if kept.unit is not meaning.unit:
            raise StepProblem("unit_mismatch", "only", f"Some lines would be {meaning.unit}, the others {kept.unit}.")
        same_currency([meaning, kept], "only")
        among = ((self.only, meaning.low, meaning.high), *kept.among)
        return replace(meaning, low=min(meaning.low, kept.low), high=max(meaning.high, kept.high), among=among)

    def evaluate(self, frame: Frame, level: Level) -> Column:
        column = super().evaluate(frame, level)
        selected = None if self.only is None else self.only.flags(frame)
        if selected is None:
            return column
        kept = frame.at(level, self.changed()).at(self.places, self.rounding)
        frame.unlimited[self.name] = chosen(selected, frame.unlimited[self.name], kept)
        return self.settled(chosen(selected, column, kept))

    def told(self, teller: Teller) -> str:
        selected = None if self.only is None else self.only.flags(teller.frame)
        if self.only is None or selected is None or selected[teller.row]:
            return self.words(teller)
        return f"{teller.text(self.changed())} stays, since this is for {self.only.sentence()}"


class Chosen(Selective):
    """The same with one operand, `of`."""

    of: Operand = Field(description="The figure or earlier step it works on.")

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        yield from super().operands()

    def changed(self) -> str | Decimal:
        return self.of


def places_of(number: Decimal) -> int:
    """How many digits stand after the point of a number of the plan, without trailing zeros."""
    return max(0, -int(number.normalize().as_tuple().exponent))
