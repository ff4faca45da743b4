"""The columns of a result while they are made: per KPI line filled slice by slice, per person put together at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa

from scoring.engine.columns import PLACES, Column, read_decimals, write_decimals
from scoring.engine.exact import Flags, Integers, constant, is_wide, magnitude, narrow, wide
from scoring.engine.frame import Figures, Frame
from scoring.engine.meanings import Level
from scoring.engine.plan import Plan
from scoring.engine.reasons import CODES, Reason, Reasons, code_where, failed, first_of, is_null, spoken
from scoring.engine.snapshot import Snapshot
from scoring.engine.steps import Attainment, WeightedMean

NUMBERS: Final = pa.decimal64(18, PLACES)
"""The usual type of a column of numbers, also of one that has none."""


class NumberOutput:
    """A column of exact numbers of the result, filled slice by slice; what Arrow asks of it is found while a slice is at hand."""

    def __init__(self, length: int, places: int) -> None:
        self.length, self.places = length, places
        self.reasons: Reasons = None
        self._null: Flags | None = None
        self._values: Integers = np.frombuffer(pa.allocate_buffer(8 * length), dtype=np.int64)  # which Arrow keeps for the next run
        self._largest = 0

    def fill(self, start: int, stop: int, column: Column) -> None:
        values, null = narrow(column.values), is_null(column.reasons)
        self._values = wide(self._values) if is_wide(values) else self._values
        self._values[start:stop] = values
        self._largest = max(self._largest, magnitude(values))
        if column.reasons is not None:
            self.reasons = np.zeros(self.length, dtype=np.int8) if self.reasons is None else self.reasons
            self.reasons[start:stop] = column.reasons
        if null is not None:
            self._null = np.zeros(self.length, dtype=bool) if self._null is None else self._null
            self._null[start:stop] = null

    def column(self) -> Column:
        return Column(self._values, self.places, self.reasons)

    def array(self) -> pa.Array:
        return write_decimals(self._values, self.places, self._null, self._largest)


@dataclass
class WeightOutput:
    """The weights used: the snapshot's own column as long as every line counted for exactly that, else a column of their own."""

    given: pa.Array | None
    length: int
    _own: NumberOutput | None = field(init=False, default=None)

    def fill(self, start: int, stop: int, percent: Column | None) -> None:
        """`percent` is None where the weights used are those given."""
        if self._own is None:
            if percent is None and self.given is not None and self.given.type in _AS_RESULT:
                return
            self._own = NumberOutput(self.length, PLACES)
            self._own.fill(0, start, self._weights(0, start))
        self._own.fill(start, stop, percent or self._weights(start, stop))

    def _weights(self, start: int, stop: int) -> Column:
        if self.given is None:
            return Column(constant(0), PLACES)
        values, places, _ = read_decimals(self.given.slice(start, stop - start))
        return Column(values, places).at(PLACES)

    def array(self) -> pa.Array:
        return self.given if self._own is None else self._own.array()


_AS_RESULT: Final = (NUMBERS, pa.decimal128(38, PLACES))


class LineOutputs:
    """Everything a result says per KPI line."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self._plan, self._snapshot, self._length = plan, snapshot, snapshot.lines.num_rows
        steps = [step for step in plan.steps if plan.levels[step.name] is Level.LINE]
        self._steps = {step.name: NumberOutput(self._length, step.places) for step in steps}
        self._attainment: Attainment | None = next((step for step in steps if isinstance(step, Attainment)), None)
        self._raw = None
        if self._attainment is not None and not self._raw_is_capped(self._attainment):
            self._raw = NumberOutput(self._length, self._attainment.places)
        weighs = any(isinstance(step, WeightedMean) and not isinstance(step.of, list) for step in plan.steps)
        self._weight_used = WeightOutput(snapshot.line_columns.get("weight"), self._length) if weighs else None

    def _raw_is_capped(self, attainment: Attainment) -> bool:
        """Whether nothing limits the attainment, so that one column is both."""
        ratings = Figures(self._snapshot.line_columns, 0, self._snapshot.lines.num_rows).where_word("direction", {"rating"})
        return attainment.cap is None and attainment.floor is None and ratings is not None and not ratings.any()

    def fill(self, frame: Frame) -> None:
        """Write one computed slice."""
        start, stop = frame.first_line, frame.first_line + frame.line_count
        for name, output in self._steps.items():
            output.fill(start, stop, frame.values[name])
        if self._raw is not None and self._attainment is not None and frame.raw_attainment is not None:
            self._raw.fill(start, stop, self._attainment.settled(frame.raw_attainment))
        if self._weight_used is not None:
            self._weight_used.fill(start, stop, frame.weight_used)

    def columns(self) -> dict[str, Any]:
        """The columns of Result.lines."""
        steps = {name: output.array() for name, output in self._steps.items()}
        capped = self._nothing() if self._attainment is None else steps[self._attainment.name]
        score, given = self._plan.score_step, self._snapshot.line_columns
        return {
            "scorecard_id": given["scorecard_id"],
            "line": given["line"],
            "kpi_id": given["kpi_id"],
            "attainment_raw": capped if self._raw is None else self._raw.array(),
            "attainment_capped": capped,
            "score": steps[score] if score else self._nothing(),
            "weight_used": self._nothing() if self._weight_used is None else self._weight_used.array(),
            "reason_code": reason_codes(self._reasons(), self._length),
            "steps": struct_of(list(steps.items()), self._length),
        }

    def _reasons(self) -> Reasons:
        """What the score says, or the last step per line where the plan has no score."""
        speaking = self._plan.score_step or next(reversed(self._steps), None)
        return None if speaking is None else self._steps[speaking].reasons

    def _nothing(self) -> pa.Array:
        return pa.nulls(self._length, NUMBERS)


@dataclass(frozen=True)
class PeopleOutputs:
    """Everything a result says per person: `steps` are those per person and over everybody."""

    plan: Plan
    snapshot: Snapshot
    pay: bool
    steps: Mapping[str, NumberOutput]

    @property
    def _count(self) -> int:
        return int(self.snapshot.people.num_rows)

    def columns(self) -> dict[str, Any]:
        """The columns of Result.people."""
        payout = self._own_currency(self._named(self.plan.document.payout))
        composite = self._named(self.plan.document.composite)
        given = self.snapshot.people_columns
        return {
            "scorecard_id": given["scorecard_id"],
            "person_id": given["person_id"],
            "composite": self._numbers(composite),
            "amount": self._numbers(payout),
            "currency": self._currency(),
            "failed": pa.array(self._failed(composite) | (self._failed(payout) & self.pay)),
            "reason_code": reason_codes(self._reasons(composite, payout)),
            "steps": struct_of([(name, self._numbers(step)) for name, step in self.steps.items()], self._count),
        }

    def _named(self, name: str | None) -> NumberOutput | None:
        return None if name is None else self.steps[name]

    def _numbers(self, step: NumberOutput | None) -> pa.Array:
        if step is None:
            return pa.nulls(self._count, NUMBERS)
        return step.array() if step.length == self._count else pa.repeat(step.array()[0], self._count)

    def _failed(self, step: NumberOutput | None) -> Flags:
        found = None if step is None else failed(step.reasons)
        return np.zeros(self._count, dtype=bool) if found is None else np.broadcast_to(found, self._count)

    def _reasons(self, composite: NumberOutput | None, payout: NumberOutput | None) -> Reasons:
        """Why the person was not scored; else what there is to say of the payout, or of the composite where nothing is paid."""
        shown = payout or composite
        reasons = spoken(None if shown is None else shown.reasons)
        if composite is not None and composite.reasons is not None:
            reasons = np.where(self._failed(composite), composite.reasons, reasons)
        return np.broadcast_to(reasons, self._count)

    def _currency(self) -> pa.Array:
        given, own = self.snapshot.people_columns.get("currency"), self.plan.document.currency
        if given is None or pa.types.is_null(given.type):
            return pa.repeat(pa.scalar(own, pa.string()), self._count)
        return given if own is None or not given.null_count else given.cast(pa.string()).fill_null(own)

    def _own_currency(self, amount: NumberOutput | None) -> NumberOutput | None:
        """Sums the plan names are in its currency; nobody is paid them in another."""
        currency = self.plan.document.currency
        people = Figures(self.snapshot.people_columns, 0, self._count)
        same = None if currency is None else people.where_word("currency", {currency, None})
        if same is None or amount is None:
            return amount
        column, paid = amount.column(), NumberOutput(self._count, amount.places)
        reasons = first_of(code_where(~same, Reason.currency_differs), column.reasons)
        values = np.broadcast_to(column.values, self._count)
        paid.fill(0, self._count, Column(values, amount.places, reasons).without_nulls())
        return paid


def reason_codes(reasons: Reasons, length: int = 0) -> pa.Array:
    """Reasons as words; null where there is nothing to say."""
    codes = np.zeros(length, dtype=np.int8) if reasons is None else np.ascontiguousarray(reasons)
    said = np.packbits(codes.view(np.uint8), bitorder="little")
    indices = pa.Array.from_buffers(pa.int8(), len(codes), [pa.py_buffer(said), pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(indices, pa.array(["", *CODES]))


def struct_of(columns: Sequence[tuple[str, pa.Array]], length: int) -> pa.Array:
    """One struct column of all of them."""
    if not columns:
        return pa.nulls(length, pa.struct([]))
    return pa.StructArray.from_arrays([array for _, array in columns], names=[name for name, _ in columns])
