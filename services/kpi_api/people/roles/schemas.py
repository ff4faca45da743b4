"""What comes in and goes out about roles."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.dates import PlausibleDate
from chassis.texts import NOT_BLANK
from kpi_api.people.schemas import Code, Input, LongText, Output, Text

MAX_RESPONSIBILITIES = 100

Responsibility = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]


def _each_once(given: list[str]) -> list[str]:
    twice = next((one for number, one in enumerate(given) if one in given[:number]), None)
    if twice is not None:
        raise PydanticCustomError("repeated_responsibility", "{message}", {"message": f"“{twice[:200]}” stands there twice."})
    return given


class RoleIn(Input):
    """A role as it is to be from `effective_from` on."""

    code: Code
    name: Text
    core_responsibilities: Annotated[list[Responsibility], AfterValidator(_each_once)] = Field(
        default=[], max_length=MAX_RESPONSIBILITIES, examples=[["Keeps customers informed", "Answers within a day"]]
    )
    effective_from: PlausibleDate | None = Field(
        default=None, description="The first day; of a change today when left out, of a new role since ever."
    )
    note: LongText = Field(default="", description="Why it was changed.")


class RoleOut(Output):
    """A role as it is on a day: before its first version, as that will be."""

    id: UUID
    code: str
    name: str
    core_responsibilities: list[str]
    number: int = Field(description="Of the version.")
    effective_from: date
    version: int = Field(description="Counts the states of the role; its ETag.")


class RoleVersionOut(Output):
    """What a role was from a day on; never changed, since a change is the next version."""

    number: int
    effective_from: date
    name: str
    core_responsibilities: list[str]
    note: str
    author_id: UUID | None = Field(description="Null for an integration, and for what stood before versions were kept.")
    written_at: datetime


class RoleVersions(BaseModel):
    """Every version of a role, newest first."""

    versions: list[RoleVersionOut]


class RoleDifference(BaseModel):
    """One thing in which two versions of a role differ: where, what it was, what it is, and a sentence."""

    field: str = Field(examples=["/core_responsibilities"])
    before: Any
    after: Any
    sentence: str = Field(examples=["Core responsibilities: added “Answers within a day”."])


class RoleDifferences(BaseModel):
    """What changed from one version of a role to another."""

    from_number: int
    to_number: int
    note: str = Field(description="What the author of the later version says about it.")
    differences: list[RoleDifference]
