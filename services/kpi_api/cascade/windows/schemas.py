"""What the doors of windows and events take and give."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from kpi_api.dictionary.fields import Code, Input, Name, Output


class WindowStart(Input):
    """The event with which a KPI's window begins: named for this KPI alone, with its day if that is known, or one of many by its code."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "launch in Greece"}, {"code": "launch_greece"}]})

    name: Name | None = Field(default=None, description='As in "first 60 days after launch in Greece".')
    code: Code | None = None
    occurred_on: WrittenDate | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.name is None) == (self.code is None):
            raise PydanticCustomError("one_event", "Name the event, or give the code of one that is kept for many KPIs")
        if self.code is not None and self.occurred_on is not None:
            raise PydanticCustomError("shared_event", "The day of an event with a code is recorded there, for all its KPIs at once")
        return self


class NewWindowEvent(Input):
    """An event that begins the windows of many KPIs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "launch_greece", "name": "launch in Greece"}]})

    code: Code
    name: Name
    occurred_on: WrittenDate | None = None


class Occurrence(Input):
    """The day on which an event occurred, or is going to."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"occurred_on": "2026-03-10"}]})

    occurred_on: WrittenDate


class WindowEventOutput(Output):
    """An event that begins windows; `occurred_on` is null until it has."""

    id: UUID
    code: str
    name: str
    occurred_on: date | None
    version: int


class WindowBeginning(Output):
    """With which event a KPI's window begins, and how long it lasts."""

    name: str
    event_id: UUID | None = Field(description="Of an event that many KPIs share.")
    window_days: int
    waiting: bool = Field(description="True until the event's day is recorded: nothing is measured or missing before.")
    sentence: str = Field(examples=["first 60 days after launch in Greece"])
