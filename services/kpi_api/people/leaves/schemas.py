"""What comes in and goes out about leave."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from chassis.dates import PlausibleDate
from kpi_api.people.schemas import Code, Input, Output, require_order

KIND = Field(default=None, description="The organization's own word; only the person and who keeps people's facts see it.")


class LeaveInput(Input):
    """First and last day, both included; a last day that is not known yet is left out."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"first_day": "2026-03-01", "last_day": "2026-04-15", "kind": "parental"}]}
    )

    first_day: PlausibleDate
    last_day: PlausibleDate | None = None
    kind: Code | None = KIND

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        require_order(self.first_day, self.last_day, "last_day")
        return self


class LeaveOutput(Output):
    id: UUID
    person_id: UUID
    first_day: date
    last_day: date | None
    kind: str | None = Field(description="Null to who may not see it, too.")
    version: int
