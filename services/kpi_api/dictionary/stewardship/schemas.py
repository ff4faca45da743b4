"""What the doors of stewardship take and give."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.verbs import VerbOutput
from kpi_api.dictionary.fields import Code, Input, Name, Output, Prose

ChangeKind = Literal["process", "pricing", "segment", "organization"]
ReviewReason = Literal["business_change", "due", "owner_left", "steward_left"]
ReviewOutcome = Literal["confirmed", "new_version", "retired"]


class BusinessChangeInput(Input):
    """What changes, from when, and which definitions it touches: by code, or all that serve an outcome area."""

    kind: ChangeKind
    name: Name
    description: Prose = ""
    effective_on: WrittenDate
    definition_codes: list[Code] = Field(default=[], max_length=1000)
    outcome_areas: list[Code] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def touches_something(self) -> Self:
        if not self.definition_codes and not self.outcome_areas:
            raise PydanticCustomError("touches_nothing", "Name the definitions or the outcome areas that it touches")
        return self


class BusinessChangeOutput(Output):
    """A business change and the definitions to be reviewed because of it."""

    id: UUID
    kind: ChangeKind
    name: str
    description: str
    effective_on: date
    recorded_at: datetime
    definition_ids: list[UUID]


class ReviewOutput(Output):
    """A definition to be looked at. `due_on` is the day by which; `outcome` is null while it is open."""

    id: UUID
    definition_id: UUID
    definition_code: str
    owner_id: UUID | None
    reason: ReviewReason
    business_change_id: UUID | None
    opened_on: date
    due_on: date
    outcome: ReviewOutcome | None
    note: str
    completed_at: datetime | None
    verbs: list[VerbOutput]


class Completion(Input):
    """What came of looking at a definition."""

    outcome: ReviewOutcome
    note: Prose = ""


class Reassignment(Input):
    """From whom to whom definitions and sources of truth pass."""

    from_person_id: UUID
    to_person_id: UUID


class Reassigned(Output):
    """How many definitions have another owner and steward now."""

    owned: int
    stewarded: int
