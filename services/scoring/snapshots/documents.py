"""Scorecards as JSON: strict models, errors that name the field, and the way into the canonical table."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import pyarrow as pa
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal, Percent
from scoring.schemas import Input
from scoring.snapshots.schema import SCORECARDS

Text = Annotated[str, Field(max_length=2000)]
Direction = Literal["higher", "lower", "band", "milestone", "rating", "zero_tolerance"]
Comparison = Literal["at_least", "at_most", "above", "below", "within"]


class PartIn(Input):
    """One part of a KPI: what was to be reached and what was. An absent `actual` is not zero."""

    part: Text = "main"
    comparison: Comparison | None = None
    target: ExactDecimal | None = None
    target_high: ExactDecimal | None = None
    baseline: ExactDecimal | None = None
    threshold: ExactDecimal | None = None
    stretch: ExactDecimal | None = None
    actual: ExactDecimal | None = None
    last_actual: ExactDecimal | None = None
    unit: Text | None = None
    scale_minimum: ExactDecimal | None = None
    scale_maximum: ExactDecimal | None = None
    slope: ExactDecimal | None = None
    days_late: ExactDecimal | None = None
    deduction_per_day: ExactDecimal | None = None


class LineIn(Input):
    """One KPI on the scorecard, with its weight in percent, its paths upward, and the percent of a divided credit that is this person's."""

    line: Annotated[int, Field(ge=0, le=2**31 - 1)]
    kpi_id: UUID
    kpi_code: Text | None = None
    name: Text | None = None
    component: Text | None = None
    group: Text | None = None
    weight: Annotated[Percent, Field(ge=0)]
    direction: Direction
    method: Literal["ratio", "span"] | None = None
    combine_parts: Literal["all", "mean", "count"] | None = None
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=50)]
    line_of_sight: Annotated[list[list[Text]] | None, Field(max_length=200)] = None
    credit_share: Annotated[Percent, Field(ge=0, le=100)] | None = None


class SegmentIn(Input):
    """Days on which one assignment held, both inclusive; days with `counted: false` earn nothing."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    fte: ExactDecimal | None = None
    counted: bool | None = None


class ScorecardIn(Input):
    """A person's scorecard for a period (both days inclusive). Without segments the whole period counts."""

    scorecard_id: UUID
    person_id: UUID
    period_start: date
    period_end: date
    rating: ExactDecimal | None = None
    segments: Annotated[list[SegmentIn] | None, Field(max_length=400)] = None
    lines: Annotated[list[LineIn], Field(max_length=500)]

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if self.period_end < self.period_start:
            raise PydanticCustomError("end_before_start", "period_end lies before period_start")
        if any(segment.to < segment.from_ for segment in self.segments or []):
            raise PydanticCustomError("end_before_start", "A segment ends before it begins")
        if len({line.line for line in self.lines}) < len(self.lines):
            raise PydanticCustomError("repeated_line", "A line number stands twice on the scorecard")
        return self


def table_of(scorecards: Sequence[ScorecardIn]) -> pa.Table:
    """The scorecards as a table of the canonical schema, in the order given."""
    return pa.Table.from_pylist([_row(scorecard) for scorecard in scorecards], schema=SCORECARDS)


def _row(scorecard: ScorecardIn) -> dict[str, Any]:
    row = scorecard.model_dump(by_alias=True)
    row["scorecard_id"], row["person_id"] = str(row["scorecard_id"]), str(row["person_id"])
    for line in row["lines"]:
        line["kpi_id"] = str(line["kpi_id"])
    return row
