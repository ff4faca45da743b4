"""Why one person's numbers are what they are: every step as data and in plain sentences, with the digits that were carried on.

A sentence states the operation with its operands, so that whoever follows it on a pocket calculator and rounds where the step says so
arrives at the same number.
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from chassis.numbers import ExactDecimal
from scoring.engine.columns import PLACES, Column, read_decimals
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level
from scoring.engine.plan import Plan
from scoring.engine.problems import SnapshotInvalid
from scoring.engine.reasons import Reason
from scoring.engine.result import Result
from scoring.engine.scoring import ENGINE_SEMANTICS_VERSION, frame_of
from scoring.engine.snapshot import Snapshot, prepared
from scoring.engine.steps import OverEveryone, Step
from scoring.engine.steps.amount import Rounding
from scoring.engine.teller import Teller, digits


class ExplainedLine(BaseModel):
    """What a per-line step did with one KPI line."""

    line: int
    kpi_id: str
    title: str
    value: ExactDecimal | None
    reason_code: str | None
    sentence: str


class ExplainedStep(BaseModel):
    """What one step did: per line in `lines`, or per person in `sentence`."""

    name: str
    title: str
    kind: str
    unit: str
    value: ExactDecimal | None
    reason_code: str | None
    sentence: str | None
    lines: list[ExplainedLine]


class Explanation(BaseModel):
    """One scorecard's way from what was measured to what is paid."""

    scorecard_id: str
    person_id: str
    plan: str
    plan_digest: str
    semantics_version: int
    composite: ExactDecimal | None
    amount: ExactDecimal | None
    currency: str | None
    steps: list[ExplainedStep]

    def sentences(self) -> list[str]:
        """Everything in reading order."""
        return [
            text
            for step in self.steps
            for text in ([f"{step.title}: {step.sentence}"] if step.sentence else [f"{step.title}: {line.sentence}" for line in step.lines])
        ]


def explain(
    plan: Plan, lines: pa.Table, people: pa.Table, scorecard_id: str | None = None, *, pay: bool = True, result: Result | None = None
) -> Explanation:
    """Explain one scorecard: the only one of `people`, or the named one. A plan with steps over everybody needs the `result` that had
    everybody. Raises SnapshotInvalid (`scorecard_unknown`, `result_needed`)."""
    snapshot = _one(lines, people, scorecard_id)
    frame = frame_of(plan, snapshot, 0, 1)
    for step in plan.steps:
        frame.values[step.name] = _value(plan, step, frame, pay, result)
    steps = [_explained(plan, step, frame) for step in plan.steps]
    person = snapshot.people.to_pylist()[0]
    document = plan.document
    return Explanation(
        scorecard_id=person["scorecard_id"],
        person_id=person["person_id"],
        plan=plan.code,
        plan_digest=plan.digest,
        semantics_version=ENGINE_SEMANTICS_VERSION,
        composite=_shown(frame.values[document.composite].number(0)) if document.composite else None,
        amount=_shown(frame.values[document.payout].number(0)) if document.payout else None,
        currency=person.get("currency") or document.currency,
        steps=steps,
    )


def _one(lines: pa.Table, people: pa.Table, scorecard_id: str | None) -> Snapshot:
    if scorecard_id is not None:
        people = people.filter(pc.equal(people["scorecard_id"].cast(pa.string()), scorecard_id))
        lines = lines.filter(pc.equal(lines["scorecard_id"].cast(pa.string()), scorecard_id))
    if people.num_rows != 1:
        message = f"There is no scorecard {scorecard_id} in people." if scorecard_id else "Name the scorecard to explain."
        raise SnapshotInvalid(message, field="scorecard_id")
    return prepared(lines, people)


def _value(plan: Plan, step: Step, frame: Frame, pay: bool, result: Result | None) -> Column:
    level = plan.levels[step.name]
    if not pay and step.name in plan.pay_steps:
        return Column(np.zeros(frame.size(level), dtype=np.int64), step.places, np.full(frame.size(level), Reason.no_pay_basis))
    if not isinstance(step, OverEveryone):
        return step.evaluate(frame, level)
    if result is None:
        raise SnapshotInvalid(f"The step {step.name} is over everybody; explaining it needs the result that had everybody.", field="result")
    return _from_result(step, frame, result)


def _from_result(step: Step, frame: Frame, result: Result) -> Column:
    """What a step over everybody gave this person in the whole result."""
    scorecard = frame.people.array("scorecard_id")
    assert scorecard is not None  # noqa: S101 - the snapshot was checked
    people = result.people.filter(pc.equal(result.people["scorecard_id"].cast(pa.string()), scorecard[0].as_py()))
    values, places, null = read_decimals(people["steps"].combine_chunks().field(step.name).slice(0, 1))
    column = Column(values, places).at(step.places)
    return column if null is None else Column(column.values, step.places, np.where(null, Reason.input_missing, 0))


def _explained(plan: Plan, step: Step, frame: Frame) -> ExplainedStep:
    meaning, column = plan.meanings[step.name], frame.values[step.name]
    by_line = meaning.level is Level.LINE
    teller = Teller(frame, meaning.level, 0)
    return ExplainedStep(
        name=step.name,
        title=step.title or step.name.replace("_", " ").capitalize(),
        kind=step.kind,
        unit=meaning.unit,
        value=None if by_line else _shown(column.number(0)),
        reason_code=None if by_line else teller.reason(column),
        sentence=None if by_line else _sentence(step, teller, column),
        lines=[_explained_line(step, Teller(frame, meaning.level, row), column) for row in range(frame.line_count)] if by_line else [],
    )


def _explained_line(step: Step, teller: Teller, column: Column) -> ExplainedLine:
    number = teller.frame.lines.array("line")
    title = teller.word("title") or teller.word("kpi_code") or teller.word("kpi_id") or ""
    return ExplainedLine(
        line=number[teller.row].as_py() if number is not None else 0,
        kpi_id=teller.word("kpi_id") or "",
        title=title,
        value=_shown(column.number(teller.row)),
        reason_code=teller.reason(column),
        sentence=f"{title}: {_sentence(step, teller, column)}",
    )


def _sentence(step: Step, teller: Teller, column: Column) -> str:
    """The operation and its result; of a null only why there is none; of a zero also why."""
    value, code = column.number(teller.row), teller.reason(column)
    if value is None:
        return Reason[code].sentence if code else "There is no value."
    before = teller.frame.unlimited.get(step.name)
    reckoned = value if before is None else before.number(teller.row)
    text = f"{step.told(teller)} = {_rounded_in_words(step, teller, value if reckoned is None else reckoned)}"
    text += f", limited to {digits(value)}." if reckoned is not None and reckoned != value else "."
    return f"{text} {Reason[code].sentence}" if code else text


def _rounded_in_words(step: Step, teller: Teller, value: Decimal) -> str:
    """The value; where the step's declared rounding changed it, what it was before and how it was rounded."""
    if step.places == PLACES or isinstance(step, OverEveryone | Rounding):
        return digits(value)
    exact = step.model_copy(update={"places": PLACES}).compute(teller.frame, teller.level).number(teller.row)
    if exact is None or exact == value:
        return digits(value)
    return f"{digits(exact)}, rounded {step.rounding.replace('_', ' ')} to {step.places} places {digits(value)}"


def _shown(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(digits(value))
