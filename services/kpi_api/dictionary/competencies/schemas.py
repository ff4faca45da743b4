"""What comes in and goes out about competencies."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from chassis.texts import NOT_BLANK
from kpi_api.dictionary.fields import Code, Input, Name, Output, Prose
from kpi_api.dictionary.vocabulary import VersionStatus

Level = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), NOT_BLANK]


class CompetencyChange(Input):
    """What a competency is. Its code stays, since definitions name it."""

    name: Name
    description: Prose = ""
    levels: list[Level] = Field(
        default=[],
        max_length=20,
        description="What somebody does at each level, the lowest first.",
        examples=[["Reports clearly when asked.", "Updates those concerned early."]],
    )
    for_managers: StrictBool = Field(default=False, description="Only for people with direct reports.")


class NewCompetency(CompetencyChange):
    code: Code


class CompetencyOutput(Output):
    id: UUID
    code: str
    name: str
    description: str
    levels: list[str]
    for_managers: bool
    version: int


class CompetencyUse(BaseModel):
    """A definition that refers to a competency, by the version in force or, where none is, the newest in sight."""

    definition_id: UUID
    code: str
    name: str
    number: int
    status: VersionStatus


class CompetencyUses(BaseModel):
    """The definitions that refer to a competency, as far as you see them, by code."""

    uses: list[CompetencyUse]
