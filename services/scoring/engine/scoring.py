"""Scoring: one plan over any number of people at once, slice by slice, exactly.

The same code scores one person and a million. A slice holds whole people, so neither its size nor the order of rows changes a result. Steps
from the first total or pool on see everybody together.
"""

from collections.abc import Iterator, Mapping
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
    scoring = Scoring(plan, prepared(lines, people), pay)
    scoring.compute_slices(slice_lines)
    if scoring.together:
        scoring.take_together(scoring.compute_together(scoring.values()))
    return scoring.result()


def _check_inputs(plan: Plan, snapshot: Snapshot) -> None:
    for given in plan.document.inputs:
        columns = snapshot.people_columns if given.per == "person" else snapshot.line_columns
        column = columns.get(given.name)
        if column is not None and not (
            pa.types.is_decimal(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type)
        ):
            raise SnapshotInvalid(f"The plan's input {given.name} is {column.type}; exact decimals are needed.", field=given.name)


class Scoring:
    """One plan over one snapshot: the steps per slice, then the steps over everybody. `of_lines=False` leaves the lines' results out."""

    def __init__(self, plan: Plan, snapshot: Snapshot, pay: bool, of_lines: bool = True) -> None:
        _check_inputs(plan, snapshot)
        self.plan, self.snapshot, self.pay = plan, snapshot, pay
        self.sliced, self.together = _parted(plan)
        self.lines = LineOutputs(plan, snapshot) if of_lines else None
        per_person = [step for step in self.sliced if plan.levels[step.name] is not Level.LINE]
        self.people = {step.name: NumberOutput(self._size(step), step.places) for step in per_person}

    def _size(self, step: Step) -> int:
        return 1 if self.plan.levels[step.name] is Level.EVERYONE else int(self.snapshot.people.num_rows)

    def compute_slices(self, slice_lines: int = SLICE_LINES) -> None:
        """The steps before the first one over everybody, with the lines' results."""
        for start, stop in _slices(self.snapshot, slice_lines):
            self._slice(start, stop)

    def _slice(self, start: int, stop: int) -> None:
        """Compute one slice and write its results out."""
        frame = frame_of(self.plan, self.snapshot, start, stop)
        for step in self.sliced:
            frame.values[step.name] = self._evaluated(step, frame)
        if self.lines is not None:
            self.lines.fill(frame)
        for name, output in self.people.items():
            output.fill(*((0, 1) if self.plan.levels[name] is Level.EVERYONE else (start, stop)), frame.values[name])

    def compute_together(self, values: Mapping[str, Column]) -> dict[str, Column]:
        """The steps over everybody and all after them; `values` has what each step before gave the snapshot's people."""
        frame = frame_of(self.plan, self.snapshot, 0, self.snapshot.people.num_rows)
        frame.values.update(values)
        for step in self.together:
            frame.values[step.name] = self._evaluated(step, frame)
        return {step.name: frame.values[step.name] for step in self.together}

    def take_together(self, values: Mapping[str, Column]) -> None:
        """Write out what the steps over everybody gave these people."""
        for step in self.together:
            self.people[step.name] = NumberOutput(self._size(step), step.places)
            self.people[step.name].fill(0, self._size(step), values[step.name])

    def values(self) -> dict[str, Column]:
        """What the steps gave each person so far."""
        return {name: output.column() for name, output in self.people.items()}

    def result(self) -> Result:
        """Everything computed, as tables."""
        assert self.lines is not None  # noqa: S101 - whoever left them out asks for no result
        people = PeopleOutputs(self.plan, self.snapshot, self.pay, self.people)
        return Result(ENGINE_SEMANTICS_VERSION, self.lines.columns, people.columns)

    def _evaluated(self, step: Step, frame: Frame) -> Column:
        level = self.plan.levels[step.name]
        if not self.pay and step.name in self.plan.pay_steps:
            size = frame.size(level)
            return Column(np.zeros(size, dtype=np.int64), step.places, np.full(size, Reason.no_pay_basis, dtype=np.int8))
        return step.evaluate(frame, level)


def sees_everyone(plan: Plan) -> bool:
    """Whether the plan has a step over everybody, so that nobody's result is known before everybody's figures."""
    return bool(_parted(plan)[1])


def _parted(plan: Plan) -> tuple[list[Step], list[Step]]:
    """The steps before the first one over everybody, and the rest."""
    everyone = next((place for place, step in enumerate(plan.steps) if isinstance(step, OverEveryone)), len(plan.steps))
    return plan.steps[:everyone], plan.steps[everyone:]


def frame_of(plan: Plan, snapshot: Snapshot, start: int, stop: int) -> Frame:
    """A slice of people, before any step."""
    return Frame(snapshot, start, stop, plan.meanings, plan.document.currency, plan.document.rates)


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
