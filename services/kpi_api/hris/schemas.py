"""What an HRIS sends, and what comes back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.dates import WrittenTime
from chassis.verbs import VerbOutput
from kpi_api.people.schemas import ImportRow, Text


class SourceIn(BaseModel):
    """A system that will send employments."""

    model_config = ConfigDict(extra="forbid")

    name: Text


class SourceOut(BaseModel):
    """A registered system."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    created_at: datetime
    disabled_at: datetime | None
    version: int


class SourceDetail(SourceOut):
    """A registered system read by itself; `verbs` says what the viewer may do with it now, or why not."""

    verbs: list[VerbOutput] = Field(description="rotate_secret, disable")


class NewSource(SourceDetail):
    """A system just registered, or its secret just rotated: the only time that the secret is shown."""

    secret: str


class EmploymentChange(BaseModel):
    """One person as the HRIS has them from `data.valid_from` on: joined, moved, changed, or with a termination date left.

    `data` has the columns of the people import; what is left out is not touched. `occurred_at`, then `sequence`, order the messages about
    one person: an older one never overwrites a newer.
    """

    model_config = ConfigDict(extra="forbid")

    type: Literal["employment.changed"]
    occurred_at: WrittenTime
    sequence: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    data: ImportRow


Outcome = Literal["applied", "unchanged", "superseded"]


class Received(BaseModel):
    """What became of a message. `repeated` says that it had come before and nothing was done again."""

    outcome: Outcome
    person_id: UUID
    repeated: bool
