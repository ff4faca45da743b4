"""The snapshot as JSON: the same lines and people as rows, decimals as strings, for callers without Arrow.

`SnapshotDocument` is the published JSON Schema (openapi/snapshot.schema.json); `tables` turns it into the two Arrow tables that are read.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal, Money
from scoring.engine.numerals import NAME, Currency
from scoring.engine.snapshot import DECIMAL, LINES, PEOPLE

Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


Inputs = dict[Annotated[str, Field(pattern=NAME)], ExactDecimal | None]
Given = TypeVar("Given", "Line", "Person")


class Row(BaseModel):
    """A row: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(Row):
    """What an attainment is reckoned from: of a KPI, or of one part of it."""

    direction: Literal["higher", "lower", "band", "milestone", "rating", "zero_tolerance"]
    comparison: Literal["at_least", "at_most", "above", "below", "within"] | None = Field(
        None,
        description="at_least where higher is better and at_most where lower is, if left out. above and below are not met at equality.",
    )
    method: Literal["ratio", "span"] | None = Field(None, description="ratio to the target, or the span from the baseline.")
    target: ExactDecimal | None = Field(None, description="Of a band, its lower edge.")
    target_high: ExactDecimal | None = Field(None, description="The upper edge of a band.")
    baseline: ExactDecimal | None = None
    actual: ExactDecimal | None = Field(None, description="Null where nothing was measured. Of a milestone, the share done: 1 is done.")
    last_actual: ExactDecimal | None = Field(None, description="The last earlier value, for plans that hold it.")
    slope: ExactDecimal | None = Field(None, description="What a band loses per unit outside it.")
    scale_minimum: ExactDecimal | None = None
    scale_maximum: ExactDecimal | None = None
    days_late: ExactDecimal | None = None
    deduction_per_day: ExactDecimal | None = Field(None, description="What a milestone loses per day late, as a ratio.")


class Line(Part):
    """One KPI line of one scorecard."""

    scorecard_id: Identifier
    line: Annotated[int, Field(ge=0, lt=2**31)]
    kpi_id: Identifier
    kpi_code: Word | None = None
    title: Word | None = None
    component: Word | None = Field(None, description="Such as output, quality, behavioural or development.")
    group: Word | None = None
    weight: Annotated[ExactDecimal, Field(ge=0)] | None = Field(None, description='Percent: "30.00".')
    credit_share: Annotated[ExactDecimal, Field(ge=0, le=100)] | None = Field(
        None, description='This person\'s percent of the credit for a shared result: "60.00"; the whole if left out.'
    )
    threshold: ExactDecimal | None = None
    stretch: ExactDecimal | None = None
    combine: Literal["all", "mean", "count"] | None = Field(
        None, description="How the parts count: the lowest of all, their mean, or the share of them that attained 1."
    )
    parts: list[Part] | None = None
    line_of_sight: Any = Field(None, description="Rides along unread.")
    inputs: Inputs = Field({}, description="Further figures of lines the plan names.")

    @model_validator(mode="after")
    def _inputs_are_further_figures(self) -> "Line":
        return _without_taken(self, LINES.names)


class Segment(Row):
    """A dated stretch of the assignment, both days included, with what differed in it."""

    starts_on: date
    ends_on: date
    fte: ExactDecimal | None = Field(None, description='Full-time equivalent: "0.6" is 60 %; full time if left out.')
    salary: Money | None = None
    target_bonus_share: ExactDecimal | None = None
    target_bonus_amount: Money | None = None


class Person(Row):
    """One scorecard's person, with the pay facts where there are any."""

    scorecard_id: Identifier
    person_id: Identifier
    currency: Currency | None = None
    salary: Money | None = None
    target_bonus_share: ExactDecimal | None = Field(None, description='Of the salary: "0.1" is 10 %.')
    target_bonus_amount: Money | None = Field(None, description="Instead of salary times share.")
    rating: ExactDecimal | None = Field(None, description="The released overall rating.")
    period_starts_on: date | None = None
    period_ends_on: date | None = None
    segments: list[Segment] | None = None
    inputs: Inputs = Field({}, description="Further figures the plan names.")

    @model_validator(mode="after")
    def _inputs_are_further_figures(self) -> "Person":
        return _without_taken(self, PEOPLE.names)


class SnapshotDocument(Row):
    """What is scored: everybody's lines, and everybody."""

    lines: list[Line]
    people: list[Person]


def _without_taken(row: Given, taken: Sequence[str]) -> Given:
    """The row, unless one of its inputs has the name of a field. Raises PydanticCustomError."""
    for name in sorted(set(row.inputs) & set(taken)):
        raise PydanticCustomError("name_taken", "{name} is a field of its own, not an input", {"name": name})
    return row


def snapshot_json_schema() -> dict[str, Any]:
    """The snapshot as JSON Schema 2020-12, as published in openapi/snapshot.schema.json."""
    schema = SnapshotDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "Sightline snapshot"}


def tables(lines: Sequence[Line], people: Sequence[Person]) -> tuple[pa.Table, pa.Table]:
    """The two tables of `snapshot.LINES` and `snapshot.PEOPLE`, with one further decimal column per input."""
    return _table(lines, LINES), _table(people, PEOPLE)


def _table(rows: Sequence[Any], shape: pa.Schema) -> pa.Table:
    names = sorted({name for row in rows for name in row.inputs})
    columns = [pa.array([_plain(getattr(row, field.name)) for row in rows], field.type) for field in shape]
    inputs = [pa.array([row.inputs.get(name) for row in rows], DECIMAL) for name in names]
    return pa.table([*columns, *inputs], schema=pa.schema([*shape, *(pa.field(name, DECIMAL) for name in names)]))


def _plain(value: Any) -> Any:
    return [item.model_dump() for item in value] if isinstance(value, list) else value
