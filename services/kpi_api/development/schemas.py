"""What the doors of development goals take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.development.lifecycle import Aim, MeasuredBy, Outcome, Side, Status
from kpi_api.dictionary.fields import Input, Name, Output
from kpi_api.measurements.milestones.schemas import Link

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]
STEPS = [{"text": "Finish the course", "due_on": "2026-06-30"}, {"text": "Write the team's queries for a month", "due_on": "2026-09-30"}]
GOAL: dict[str, Any] = {
    "skill": "SQL",
    "aim": "current_role",
    "why": "Answer questions about customers myself",
    "due_on": "2026-09-30",
    "steps": STEPS,
}


class StepInput(Input):
    """A step; `id` is that of a step which is there already, so that it stays done if it is."""

    id: UUID | None = None
    text: Name
    due_on: WrittenDate | None = None


class GoalInput(Input):
    """The whole text of a goal. `measured_by` goes with `kpi_id`: `steps`, the share of steps done; `records`, values as of any KPI."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [GOAL]})

    skill: Name
    aim: Aim = Field(description="For the role that the person has, or the next.")
    why: Said
    due_on: WrittenDate
    steps: list[StepInput] = Field(min_length=1, max_length=50)
    kpi_id: UUID | None = None
    measured_by: MeasuredBy | None = None

    @model_validator(mode="after")
    def measured_by_goes_with_a_kpi(self) -> Self:
        if (self.kpi_id is None) != (self.measured_by is None):
            raise PydanticCustomError("kpi_and_measured_by", "Give kpi_id together with measured_by, or neither")
        return self


class NewGoal(GoalInput):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"person_id": "0190a0f0-5c5e-7c3b-9d3a-2f6b6f0c9a11", **GOAL}]}
    )

    person_id: UUID


class StepDone(Input):
    """The day on which a step was done; null where it is not done after all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"done_on": "2026-06-12"}]})

    done_on: WrittenDate | None


class EvidenceInput(Input):
    """What shows what was learned, in words, by a link, or both."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"link": "https://records.example.com/certificates/4711"}]})

    text: Said | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def something_is_shown(self) -> Self:
        if self.text is None and self.link is None:
            raise PydanticCustomError("evidence_missing", "Give words, a link, or both")
        return self


class ClosingInput(Input):
    """How a goal ended. Whatever was not reached has a reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "not_reached", "reason": "The course was full"}]})

    outcome: Outcome
    reason: Said | None = None

    @model_validator(mode="after")
    def what_was_not_reached_has_a_reason(self) -> Self:
        if self.outcome != "reached" and self.reason is None:
            raise PydanticCustomError("reason_missing", "Say why it was not reached or is dropped")
        return self


class StepOutput(Output):
    id: UUID
    text: str
    due_on: date | None
    done_on: date | None


class EvidenceOutput(Output):
    id: UUID
    author_id: UUID
    text: str | None
    link: str | None
    given_at: datetime


class GoalOutput(Output):
    """A development goal with its steps, its evidence, and what the viewer may do now."""

    id: UUID
    person_id: UUID
    skill: str
    aim: Aim
    why: str
    due_on: date
    kpi_id: UUID | None
    measured_by: MeasuredBy | None
    status: Status
    written_by_side: Side
    written_by_id: UUID
    written_at: datetime
    agreed_by_id: UUID | None
    agreed_at: datetime | None
    closed_by_id: UUID | None
    closed_at: datetime | None
    closing_reason: str | None
    version: int = Field(description="Counts its states; If-Match sends it, in quotation marks.")
    steps: list[StepOutput]
    steps_done: int
    evidence: list[EvidenceOutput]
    waiting_for: Side | None = Field(description="The side whose agreement is awaited.")
    verbs: list[VerbOutput]
