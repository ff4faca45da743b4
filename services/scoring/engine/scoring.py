"""Scoring: one plan over any number of people at once, slice by slice, exactly.

The same code scores one person and a million. A slice holds whole people, so neither its size nor the order of rows changes a result. Steps
from the first total or pool on see everybody together.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from scoring.engine.columns import Column
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level
from scoring.engine.plan import Plan
from scoring.engine.problems import SnapshotInvalid
from scoring.engine.reasons import Reason, Reasons, failed, first_of, spoken
from scoring.engine.result import DecimalOutput, ReasonOutput, Result, reason_codes, struct_of
from scoring.engine.snapshot import Snapshot, prepared
from scoring.engine.steps import OverEveryone, Step, WeightedMean

ENGINE_SEMANTICS_VERSION: Final = 1
"""Raised only when a byte of a result changes; old behaviour is kept per step kind."""
SLICE_LINES: Final = 40_000
"""Lines computed at a time, so that what is in work stays in the processor's cache."""


def score(plan: Plan, lines: pa.Table, people: pa.Table, *, pay: bool = True, slice_lines: int = SLICE_LINES) -> Result:
    """Score everybody by the plan. With `pay=False` the steps that give money or need pay facts are null by `no_pay_basis`, which is then
    no error: live scores need no pay.

    Raises SnapshotInvalid for what no single row can answer for. What is wrong with one row fails that row alone: see `Result.errors`.
    """
    snapshot = prepared(lines, people)
    _check_inputs(plan, snapshot)
    return _Scoring(plan, snapshot, pay).result(slice_lines)


def _check_inputs(plan: Plan, snapshot: Snapshot) -> None:
    for given in plan.document.inputs:
        column = snapshot.people_columns.get(given.name)
        if column is not None and not (
            pa.types.is_decimal(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type)
        ):
            raise SnapshotInvalid(f"The plan's input {given.name} is {column.type} in people; exact decimals are needed.", field=given.name)


class _Scoring:
    """One run of a plan over a snapshot."""

    def __init__(self, plan: Plan, snapshot: Snapshot, pay: bool) -> None:
        self.plan, self.snapshot, self.pay = plan, snapshot, pay
        self.people_count, self.line_count = snapshot.people.num_rows, snapshot.lines.num_rows
        everyone = next((place for place, step in enumerate(plan.steps) if isinstance(step, OverEveryone)), len(plan.steps))
        self.sliced: list[Step] = plan.steps[:everyone]
        self.together: list[Step] = plan.steps[everyone:]
        line_steps = [step for step in self.sliced if plan.levels[step.name] is Level.LINE]
        self.line_outputs = {step.name: DecimalOutput(self.line_count, step.places) for step in line_steps}
        self.raw, self.weight_used = DecimalOutput(self.line_count, self._attainment_places()), DecimalOutput(self.line_count, 12)
        self.line_reasons = ReasonOutput(self.line_count)

    def result(self, slice_lines: int) -> Result:
        frames = [self._slice(start, stop) for start, stop in _slices(self.snapshot, slice_lines)]
        values = {name: _joined(frames, name) for name in frames[0]}
        if self.together:
            values = self._together(values)
        return Result(self._lines(), self._people(values), ENGINE_SEMANTICS_VERSION)

    def _slice(self, start: int, stop: int) -> dict[str, Column]:
        """Compute one slice: line-level results are written out, person-level results are returned."""
        frame = self._frame(start, stop)
        for step in self.sliced:
            frame.values[step.name] = self._evaluated(step, frame)
        self._write_lines(frame)
        return {step.name: frame.values[step.name] for step in self.sliced if self.plan.levels[step.name] is not Level.LINE}

    def _together(self, values: dict[str, Column]) -> dict[str, Column]:
        frame = self._frame(0, self.people_count)
        frame.values.update(values)
        for step in self.together:
            frame.values[step.name] = self._evaluated(step, frame)
        return {step.name: frame.values[step.name] for step in self.plan.steps if self.plan.levels[step.name] is not Level.LINE}

    def _frame(self, start: int, stop: int) -> Frame:
        return frame_of(self.plan, self.snapshot, start, stop)

    def _evaluated(self, step: Step, frame: Frame) -> Column:
        level = self.plan.levels[step.name]
        if not self.pay and step.name in self.plan.pay_steps:
            size = frame.size(level)
            return Column(np.zeros(size, dtype=np.int64), step.places, np.full(size, Reason.no_pay_basis, dtype=np.int16))
        return step.evaluate(frame, level)

    def _attainment_places(self) -> int:
        return next((step.places for step in self.sliced if step.kind == "attainment"), 12)

    # Lines

    def _write_lines(self, frame: Frame) -> None:
        start, stop = frame.first_line, frame.first_line + frame.line_count
        for name, output in self.line_outputs.items():
            output.fill(start, stop, frame.values[name])
        if frame.raw_attainment is not None:
            self.raw.fill(start, stop, frame.raw_attainment)
        if frame.weight_used is not None:
            self.weight_used.fill(start, stop, frame.weight_used)
        speaking = self.plan.score_step or next(reversed(self.line_outputs), None)
        if speaking is not None:
            self.line_reasons.fill(start, stop, frame.values[speaking].reasons)

    def _lines(self) -> pa.Table:
        steps = {name: output.array() for name, output in self.line_outputs.items()}
        nothing = pa.nulls(self.line_count, pa.decimal128(38, 12))
        attainment = next((step.name for step in self.sliced if step.kind == "attainment"), None)
        score_step = self.plan.score_step
        weighs = any(isinstance(step, WeightedMean) and not isinstance(step.of, list) for step in self.sliced)
        columns = self.snapshot.line_columns
        return pa.table(
            {
                "scorecard_id": columns["scorecard_id"],
                "line": columns["line"],
                "kpi_id": columns["kpi_id"],
                "attainment_raw": self.raw.array() if attainment else nothing,
                "attainment_capped": steps[attainment] if attainment else nothing,
                "score": steps[score_step] if score_step else nothing,
                "weight_used": self.weight_used.array() if weighs else nothing,
                "reason_code": self.line_reasons.array(),
                "steps": struct_of(list(steps.items()), self.line_count),
            }
        )

    # People

    def _people(self, values: dict[str, Column]) -> pa.Table:
        composite = self._named(self.plan.document.composite, values)
        amount = self._in_own_currency(self._named(self.plan.document.payout, values))
        steps = [(name, self._decimals(column)) for name, column in values.items()]
        not_scored = failed(composite.reasons) if self.plan.document.composite else None
        not_paid = failed(amount.reasons) if self.pay and self.plan.document.payout else None
        nobody = np.zeros(self.people_count, dtype=bool)
        has_failed = (nobody if not_scored is None else not_scored) | (nobody if not_paid is None else not_paid)
        columns = self.snapshot.people_columns
        return pa.table(
            {
                "scorecard_id": columns["scorecard_id"],
                "person_id": columns["person_id"],
                "composite": self._decimals(composite),
                "amount": self._decimals(amount),
                "currency": self._currency(),
                "failed": pa.array(has_failed),
                "reason_code": reason_codes(self._reasons(composite, amount, not_scored), self.people_count),
                "steps": struct_of(steps, self.people_count),
            }
        )

    def _named(self, name: str | None, values: dict[str, Column]) -> Column:
        if name is None:
            return Column(np.zeros(self.people_count, dtype=np.int64), 12, np.full(self.people_count, _NONE, dtype=np.int16))
        return values[name]

    def _decimals(self, column: Column) -> pa.Array:
        output = DecimalOutput(self.people_count, column.places)
        output.fill(0, self.people_count, column)
        return output.array()

    def _reasons(self, composite: Column, amount: Column, not_scored: Reasons) -> Reasons:
        """Why the person was not scored; else what there is to say of the payout, or of the composite where nothing is paid."""
        shown = amount if self.plan.document.payout else composite
        if not self.plan.document.payout and not self.plan.document.composite:
            return None
        reasons = shown.reasons
        if not_scored is not None:
            reasons = np.where(not_scored, spoken(composite.reasons), spoken(reasons))
        return None if reasons is None else np.broadcast_to(reasons, self.people_count)

    def _currency(self) -> pa.Array:
        given = self.snapshot.people_columns.get("currency")
        if given is None or pa.types.is_null(given.type):
            return pa.array([self.plan.document.currency] * self.people_count, pa.string())
        return (
            given
            if self.plan.document.currency is None or not given.null_count
            else given.cast(pa.string()).fill_null(self.plan.document.currency)
        )

    def _in_own_currency(self, amount: Column) -> Column:
        """Sums the plan names are in its currency; nobody is paid them in another."""
        currency = self.plan.document.currency
        frame = self._frame(0, self.people_count)
        others = None if currency is None else frame.people.where_word("currency", {currency, None})
        if others is None:
            return amount
        differs = np.where(others, 0, Reason.currency_differs).astype(np.int16)
        return Column(amount.values, amount.places, first_of(differs, amount.reasons)).without_nulls()


def frame_of(plan: Plan, snapshot: Snapshot, start: int, stop: int) -> Frame:
    """A slice of people, before any step."""
    return Frame(snapshot, start, stop, plan.meanings, plan.document.currency)


_NONE: Final = int(Reason.missing_left_out)
"""Marks a column the plan does not have: null, and no error."""


def _slices(snapshot: Snapshot, slice_lines: int) -> Iterator[tuple[int, int]]:
    """Runs of whole people of about so many lines; one empty run for nobody."""
    people, start = snapshot.people.num_rows, 0
    while True:
        reached = int(np.searchsorted(snapshot.starts, snapshot.starts[start] + slice_lines, side="right")) - 1
        stop = min(max(reached, start + 1), start + slice_lines, people)
        yield start, stop
        if stop == people:
            return
        start = stop


def _joined(frames: list[dict[str, Column]], name: str) -> Column:
    """One person-level result of all slices."""
    columns = [values[name] for values in frames]
    if len(columns) == 1:
        return columns[0]
    reasons = None
    if any(column.reasons is not None for column in columns):
        reasons = np.concatenate(
            [np.zeros(column.values.shape, dtype=np.int16) if column.reasons is None else column.reasons for column in columns]
        )
    return Column(np.concatenate([column.values for column in columns]), columns[0].places, reasons)
