"""What comes in and goes out about cycles and calendars."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.dates import WrittenDate
from chassis.field_errors import InWords
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.cycles.periods import Length

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NOT_BLANK]
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"),
    InWords("A code begins with a letter or a digit and holds letters, digits, points, underscores and hyphens, at most 60."),
]


class CycleIn(BaseModel):
    """A cycle to plan. First and last day are included; the middle of the year is half-way unless stated."""

    model_config = ConfigDict(extra="forbid")

    code: Code = Field(examples=["2026"])
    name: Name
    starts_on: WrittenDate
    ends_on: WrittenDate
    mid_year_on: WrittenDate | None = None
    year_end_on: WrittenDate | None = Field(default=None, description="By when annual reviews are to be released, if a day is set.")
    status: Literal["planned", "open"] = "planned"


class CycleChange(BaseModel):
    """What to change; fields left out stay. Dates change while the cycle is planned; that of annual reviews, until it is closed."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    starts_on: WrittenDate = date.min
    ends_on: WrittenDate = date.min
    mid_year_on: WrittenDate = date.min
    year_end_on: WrittenDate | None = None


class CycleOut(BaseModel):
    """A performance cycle."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    name: str
    starts_on: date
    ends_on: date
    mid_year_on: date
    year_end_on: date | None
    status: str
    version: int


class CycleDetail(CycleOut):
    """A performance cycle; `verbs` says what the viewer may do now: change, change_dates, open, close."""

    verbs: list[VerbOutput]


class PeriodOut(BaseModel):
    """A period, first and last day included."""

    model_config = ConfigDict(from_attributes=True)

    start: date
    end: date


class PeriodsOut(BaseModel):
    """The periods of a cycle of one length, in order, without gap or overlap."""

    length: Length
    periods: list[PeriodOut]
