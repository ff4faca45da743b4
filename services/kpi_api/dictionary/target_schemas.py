"""What a KPI measures, in parts, and the target of each part, as they come in."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal
from kpi_api.dictionary.fields import Code, Input, Name, UnitCode
from kpi_api.dictionary.lateness import Lateness, TargetNumber, a_number
from kpi_api.dictionary.vocabulary import Comparison, Direction, TargetPeriod


class Part(Input):
    """One thing a KPI measures; most have the single part `main` (S0's e-mail KPI has two)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "main", "name": "Calls", "unit": "count"}]})

    code: Code = "main"
    name: Name
    unit: UnitCode
    direction: Direction = "higher"


class Target(Input):
    """The target of one part. `above` and `below` are strict; `within` runs from `value` to `value_high`, both included.

    `period` is what the value holds for: each day, week, sprint (14 days), month, quarter, half-year or year, or the whole window.
    `phasing` gives each period a value of its own, in order. A milestone is due on a day, or by the end of a fiscal quarter or of a month,
    which the KPI's calendar and window make a day; `lateness` says what it loses then, and `evidence_required` that it is done only with
    evidence. `counted_from` the close of each month's books counts business days from there.
    """

    part: Code = "main"
    comparison: Comparison = "at_least"
    value: TargetNumber
    value_high: TargetNumber | None = None
    unit: UnitCode
    period: TargetPeriod = "window"
    baseline: ExactDecimal | None = None
    threshold: ExactDecimal | None = None
    stretch: ExactDecimal | None = None
    scale_minimum: ExactDecimal | None = None
    scale_maximum: ExactDecimal | None = None
    phasing: list[ExactDecimal] | None = None
    due_on: WrittenDate | None = None
    due_quarter: Annotated[int, Field(ge=1, le=4)] | None = Field(default=None, description='Of the fiscal year: 3 is "by Q3".')
    due_month: Annotated[int, Field(ge=1, le=12)] | None = Field(default=None, description='12 is "by December".')
    lateness: Lateness | None = None
    evidence_required: StrictBool = False
    counted_from: Literal["month_end_close"] | None = None

    @model_validator(mode="before")
    @classmethod
    def is_no_word(cls, given: Any) -> Any:
        return a_number(given)

    @model_validator(mode="after")
    def is_due_once(self) -> Self:
        if self.due_quarter is not None and self.due_month is not None:
            raise PydanticCustomError("due_twice", "Give `due_quarter` or `due_month`, not both")
        if self.lateness and self.due_on is None and self.due_quarter is None and self.due_month is None:
            raise PydanticCustomError("due_missing", "Only what is due can be late: give `due_on`, `due_quarter` or `due_month`")
        if self.counted_from and (self.unit != "business_days" or self.comparison not in {"at_most", "below"}):
            raise PydanticCustomError("counted_from_close", "From a close count at most or fewer than so many `business_days`")
        return self

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        if (self.comparison == "within") != (self.value_high is not None):
            raise PydanticCustomError("target_band", "`within` needs `value_high`, and only `within` has one")
        if self.value_high is not None and self.value_high < self.value:
            raise PydanticCustomError("target_band", "`value_high` is the upper end: it must not be under `value`")
        if self.comparison != "within" and self.baseline == self.value:
            raise PydanticCustomError(
                "target_equals_baseline", "The target equals the baseline, so there is nothing to achieve. Change one of them."
            )
        self._check_scale()
        return self

    def _check_scale(self) -> None:
        low, high = self.scale_minimum, self.scale_maximum
        if (low is None) != (high is None):
            raise PydanticCustomError("rating_scale", "Give both ends of the scale, or neither")
        if low is not None and high is not None and not low < high:
            raise PydanticCustomError("rating_scale", "The scale's maximum must be over its minimum")
        if low is not None and high is not None and not low <= self.value <= high:
            raise PydanticCustomError("rating_scale", "The target lies outside its scale")
