"""What the doors of formulas take and give."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, StringConstraints

from chassis.expressions import Null
from chassis.numbers import ExactDecimal, plain_text
from kpi_api.dictionary.fields import Code, Input, Output, UnitCode

MAXIMUM_SAMPLES = 100

FormulaText = Annotated[str, StringConstraints(max_length=4000)]
Samples = Annotated[
    list[dict[str, ExactDecimal | None]],
    Field(max_length=MAXIMUM_SAMPLES, description="Values by the measures' names; null where one is missing."),
]
Value = Annotated[
    Decimal | bool | None,
    PlainSerializer(lambda value: plain_text(value.normalize()) if isinstance(value, Decimal) else value, return_type=str | bool | None),
    Field(description="An exact number as a string, true or false for a condition, or null with a reason.", examples=["28"]),
]


class FormulaInput(Input):
    """A formula or condition with its measures, and, where wanted, the unit of its part and samples to compute."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "formula": "percent(won / decided)",
                    "measures": {"won": "count", "decided": "count"},
                    "part_unit": "percent",
                    "samples": [{"won": "7", "decided": "25"}],
                }
            ]
        },
    )

    formula: FormulaText
    measures: dict[str, str] = Field(default={}, max_length=100, description="Units by name.")
    part_unit: UnitCode | None = Field(default=None, description="The unit that it must give.")
    samples: Samples = Field(default=[])


class SampleResult(Output):
    """What came of one sample: a value, or null and why."""

    value: Value
    reason: Null | None = Field(default=None, description="Why there is no value.")


class Warned(Output):
    """Something that is allowed but may surprise."""

    code: Literal["may_divide_by_zero", "not_used"]
    message: str
    measures: list[str]


class FormulaOutput(Output):
    """A formula that was read: its unit, its tree (openapi/formula.schema.json), what came of the samples, in their order."""

    unit: str = Field(examples=["percent"])
    tree: dict[str, Any]
    measures_used: dict[str, str]
    results: list[SampleResult]
    warnings: list[Warned]


class TrialInput(Input):
    """Sample data for the formula of a part."""

    part: Code = "main"
    samples: Samples = Field(min_length=1)


class TrialOutput(Output):
    """A formula tried: by whom (their subject), when, on what, with what result."""

    id: UUID
    part: str
    samples: list[dict[str, str | None]]
    results: list[dict[str, Any]]
    gave_values: bool = Field(description="Whether a sample gave a value; only such a trial counts before approval.")
    tried_by: str
    tried_at: datetime
