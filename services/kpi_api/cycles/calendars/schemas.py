"""What comes in and goes out about calendars and sprints."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Final, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from kpi_api.cycles.schemas import Name

ZONES: Final = frozenset(available_timezones())
MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOST_SPRINTS: Final = 500
ONE_DAY: Final = timedelta(days=1)


def _known_zone(zone: str) -> str:
    if zone not in ZONES:
        raise PydanticCustomError("unknown_time_zone", "Name a time zone of the IANA list, such as Europe/Athens")
    return zone


def _a_month(month: str) -> str:
    if not MONTH.fullmatch(month):
        raise PydanticCustomError("month_format", 'Write a month as "2026-03"')
    return month


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Month = Annotated[str, AfterValidator(_a_month), Field(examples=["2026-03"])]


class CalendarIn(BaseModel):
    """Working days of the organization, or of one legal entity; where its fiscal year starts; when its books close."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"holidays": ["2026-12-25"], "fiscal_year_start_month": 4, "closes_after_working_days": 2}]},
    )

    legal_entity_id: UUID | None = None
    time_zone: TimeZone | None = Field(default=None, description="The organization's when left out.")
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] = 1
    fiscal_year_start_day: Annotated[int, Field(ge=1, le=28)] = 1
    working_weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)] = [1, 2, 3, 4, 5]
    holidays: Annotated[list[date], Field(max_length=1000)] = []
    closes_after_working_days: Annotated[int, Field(ge=0, le=31)] = Field(
        default=0, description="The books of a month close so many working days after its end; 0: on its last working day."
    )
    closing_days: dict[Month, WrittenDate] = Field(
        default={}, max_length=240, description='The day on which a month closes, where the rule does not hold: {"2026-03": "2026-04-07"}.'
    )

    @model_validator(mode="after")
    def a_month_closes_near_its_end(self) -> Self:
        for month, day in self.closing_days.items():
            if f"{day:%Y-%m}" < month:
                raise PydanticCustomError("closes_too_early", "{month} cannot close before it begins, on {day}",
                                          {"month": month, "day": f"{day}"})  # fmt: skip
        return self


class CalendarOut(BaseModel):
    """A calendar."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    legal_entity_id: UUID | None
    time_zone: str
    fiscal_year_start_month: int
    fiscal_year_start_day: int
    working_weekdays: list[int]
    holidays: list[date]
    closes_after_working_days: int
    closing_days: dict[str, date]
    version: int


class ClosingOut(BaseModel):
    """When a month's books close, and where a day stands to that."""

    month: str
    closed_on: date
    day: date | None
    business_days_after_close: int | None = Field(description="Of `day`: 0 on the closing day and before. Null without a day.")


class SprintIn(BaseModel):
    """A sprint, first and last day included."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    starts_on: WrittenDate
    ends_on: WrittenDate

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("end_before_start", "A sprint ends on or after its first day")
        return self


class SprintSeries(BaseModel):
    """Sprints of one length, one after the other: the last is the one that holds `until`."""

    model_config = ConfigDict(extra="forbid")

    starts_on: WrittenDate
    length_days: Annotated[int, Field(ge=1, le=366)] = 14
    until: WrittenDate
    name: Name = Field(default="Sprint", description='Each is called so, with its number: "Sprint 1".')

    @model_validator(mode="after")
    def is_of_bearable_length(self) -> Self:
        if self.until < self.starts_on:
            raise PydanticCustomError("end_before_start", "`until` lies before the first day")
        if (self.until - self.starts_on).days // self.length_days >= MOST_SPRINTS:
            raise PydanticCustomError("too_many_sprints", "At most {most} sprints at once", {"most": MOST_SPRINTS})
        return self

    def sprints(self) -> Iterator[SprintIn]:
        start, number = self.starts_on, 1
        while start <= self.until:
            following = start + timedelta(days=self.length_days)
            yield SprintIn(name=f"{self.name} {number}", starts_on=start, ends_on=following - ONE_DAY)
            start, number = following, number + 1


class SprintsIn(BaseModel):
    """Sprints to add to a calendar: listed, or a series."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"series": {"starts_on": "2026-01-05", "length_days": 14, "until": "2026-12-31"}}]},
    )

    sprints: list[SprintIn] = Field(default=[], max_length=MOST_SPRINTS)
    series: SprintSeries | None = None

    @model_validator(mode="after")
    def says_one_or_the_other(self) -> Self:
        if bool(self.sprints) == bool(self.series):
            raise PydanticCustomError("sprints_or_series", "List sprints, or describe a series of them")
        return self

    def listed(self) -> list[SprintIn]:
        return list(self.series.sprints()) if self.series else self.sprints


class SprintOut(BaseModel):
    """A sprint of a calendar."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    calendar_id: UUID
    name: str
    starts_on: date
    ends_on: date
