"""What a sender says was measured: one row of text, read into exact values. Pure.

A row names the KPI by `kpi_id` or `kpi_code`, the part (`main` unless said), the first day of the period, and either a value or a numerator
and denominator. `source` and `source_record_id` say where it comes from.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from chassis.bulk import errors_of_row
from chassis.numbers import ExactDecimal
from chassis.problems import FieldError

Provenance = Literal["system", "form", "spreadsheet"]


@lru_cache(maxsize=4096)
def _read_day(text: str) -> date:
    try:
        if len(text) != len("2026-01-31"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("date_format", 'Write the date as "2026-01-31"') from None


LONGEST_TEXT: Final = 500
MAIN: Final = "main"

PLAIN_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
ANY_ID: Final = TypeAdapter(UUID)

Day = Annotated[date, BeforeValidator(_read_day)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class Amount(NamedTuple):
    """What was measured: a value, or a numerator and a denominator whose ratio is taken over the whole window."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


class Reading(BaseModel):
    """One readable row. `period_end` is null where the KPI's calendar tells it, `provenance` where it follows from who sends."""

    model_config = ConfigDict(extra="forbid")

    kpi_id: UUID | None = None
    kpi_code: str | None = None
    part: str = MAIN
    period_start: Day
    period_end: Day | None = None
    value: ExactDecimal | None = None
    numerator: ExactDecimal | None = None
    denominator: ExactDecimal | None = None
    source: Text
    source_record_id: Text | None = None
    provenance: Provenance | None = None
    correction_reason: Text | None = None

    @property
    def amount(self) -> Amount:
        return Amount(self.value, self.numerator, self.denominator)

    @model_validator(mode="after")
    def names_one_kpi_and_one_amount(self) -> Self:
        if (self.kpi_id is None) == (self.kpi_code is None):
            raise PydanticCustomError("one_kpi", "Name the KPI by kpi_id or by kpi_code")
        if self.value is None and self.numerator is None and self.denominator is None:
            raise PydanticCustomError(
                "value_missing", "Give a value, or a numerator and a denominator; leave out rows without any"
            )
        if (self.value is None) != (self.numerator is not None and self.denominator is not None):
            raise PydanticCustomError("value_ambiguous", "Give either a value, or a numerator and a denominator")
        return self


COLUMNS: Final = tuple(Reading.model_fields)
REQUIRED: Final = ("period_start", "source")


class WrongRow(Exception):
    """Everything that is wrong with a row."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def plain_ids(texts: Iterable[str]) -> set[str]:
    """The ids among these texts in their usual writing; the same id may be written in several ways."""
    given = set(texts)
    plain = {text for text in given if PLAIN_ID(text)}
    return plain | {str(found) for text in given - plain if (found := _read_id(text))}


def _read_id(text: str) -> UUID | None:
    try:
        return ANY_ID.validate_python(text)
    except ValidationError:
        return None


def read_reading(row: int, cells: Mapping[str, str]) -> Reading:
    """The reading in a row of text, where an empty cell says nothing. Raises WrongRow, naming each wrong field."""
    given: dict[str, Any] = {column: text for column, text in cells.items() if text}
    try:
        return Reading.model_validate(given)
    except ValidationError as problem:
        raise WrongRow(errors_of_row(problem, row)) from None
