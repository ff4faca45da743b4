"""What the doors of duplicates take and give."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.dictionary.duplicates.likeness import Why
from kpi_api.dictionary.fields import Input, Name

By = Literal["merge", "rename", "stated_difference"]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]


class DescribedOutput(BaseModel):
    """One of two definitions that look alike, with its version in force."""

    id: UUID
    code: str
    name: str
    number: int


class Statement(BaseModel):
    """Why the two are not the same, as somebody stated."""

    note: str
    stated_by: str
    stated_at: datetime


class DuplicateOutput(BaseModel):
    """Two live definitions that look alike. `verbs` says what you may do about `definition` with regard to `other`."""

    definition: DescribedOutput
    other: DescribedOutput
    why: list[Why]
    similarity: ExactDecimal = Field(description="From 0 to 1; 1 for one name or one formula.", examples=["0.67"])
    sentence: str = Field(examples=["“Win rate” and “Winrate” have nearly one name."])
    statement: Statement | None = Field(description="Null while nobody stated a difference between these versions.")
    verbs: list[VerbOutput]


class Resolution(Input):
    """What becomes of two definitions that look alike."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "definition_id": "0190f3a8-6c1e-7b32-9c55-1f2e3d4c5b6a",
                    "other_id": "0190f3a8-6c1e-7b32-9c55-1f2e3d4c5b6b",
                    "by": "merge",
                    "note": "Sales has used the other one since January.",
                }
            ]
        },
    )

    definition_id: UUID = Field(description="The one that is merged into the other, or renamed.")
    other_id: UUID
    by: By
    note: Note = Field(description="Why.")
    name: Name | None = Field(default=None, description="The new name, for `rename` alone.")

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        if (self.by == "rename") != (self.name is not None):
            raise PydanticCustomError("new_name", "`rename` needs a `name`, and only `rename` has one")
        if self.definition_id == self.other_id:
            raise PydanticCustomError("same_definition", "Name two different definitions")
        return self


class Resolved(BaseModel):
    """What was done: the survivor's code after a merge, the number of the draft after renaming."""

    by: By
    definition_id: UUID
    other_id: UUID
    merged_into: str | None
    draft_number: int | None
