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
from scoring.engine.outputs import LineOutputs, NumberOutput, PeopleOutputs
from scoring.engine.plan import Plan
from scoring.engine.problems import SnapshotInvalid
from scoring.engine.reasons import Reason
from scoring.engine.result import Result
from scoring.engine.snapshot import Snapshot, prepared
from scoring.engine.steps import OverEveryone, Step

ENGINE_SEMANTICS_VERSION: Final = 1
"""Raised only when a byte of a result changes; old behaviour is kept per step kind."""
SLICE_LINES: Final = 128_000
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
        everyone = next((place for place, step in enumerate(plan.steps) if isinstance(step, OverEveryone)), len(plan.steps))
        self.sliced: list[Step] = plan.steps[:everyone]
        self.together: list[Step] = plan.steps[everyone:]
        self.lines = LineOutputs(plan, snapshot)
        per_person = [step for step in self.sliced if plan.levels[step.name] is not Level.LINE]
        self.people = {step.name: NumberOutput(self._size(step), step.places) for step in per_person}

    def _size(self, step: Step) -> int:
        return 1 if self.plan.levels[step.name] is Level.EVERYONE else int(self.snapshot.people.num_rows)

    def result(self, slice_lines: int) -> Result:
        for start, stop in _slices(self.snapshot, slice_lines):
            self._slice(start, stop)
        if self.together:
            self._together()
        people = PeopleOutputs(self.plan, self.snapshot, self.pay, self.people)
        return Result(ENGINE_SEMANTICS_VERSION, self.lines.columns, people.columns)

    def _slice(self, start: int, stop: int) -> None:
        """Compute one slice and write its results out."""
        frame = frame_of(self.plan, self.snapshot, start, stop)
        for step in self.sliced:
            frame.values[step.name] = self._evaluated(step, frame)
        self.lines.fill(frame)
        for name, output in self.people.items():
            output.fill(*((0, 1) if self.plan.levels[name] is Level.EVERYONE else (start, stop)), frame.values[name])

    def _together(self) -> None:
        """The steps over everybody and all after them, over all slices at once."""
        frame = frame_of(self.plan, self.snapshot, 0, self.snapshot.people.num_rows)
        frame.values.update({name: output.column() for name, output in self.people.items()})
        for step in self.together:
            frame.values[step.name] = self._evaluated(step, frame)
            self.people[step.name] = NumberOutput(self._size(step), step.places)
            self.people[step.name].fill(0, self._size(step), frame.values[step.name])

    def _evaluated(self, step: Step, frame: Frame) -> Column:
        level = self.plan.levels[step.name]
        if not self.pay and step.name in self.plan.pay_steps:
            size = frame.size(level)
            return Column(np.zeros(size, dtype=np.int64), step.places, np.full(size, Reason.no_pay_basis, dtype=np.int8))
        return step.evaluate(frame, level)


def frame_of(plan: Plan, snapshot: Snapshot, start: int, stop: int) -> Frame:
    """A slice of people, before any step."""
    return Frame(snapshot, start, stop, plan.meanings, plan.document.currency)


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
