"""What the measurement doors give."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chassis.numbers import ExactDecimal
from chassis.problems import FieldError
from chassis.verbs import VerbOutput
from kpi_api.dictionary.vocabulary import Comparison
from kpi_api.measurements.readings import Provenance


class MeasurementOutput(BaseModel):
    """One value. `revision` 1 is the first of its period; the highest is what is known now."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    part: str
    period_start: date
    period_end: date
    revision: int
    value: ExactDecimal | None
    numerator: ExactDecimal | None
    denominator: ExactDecimal | None
    source: str
    source_record_id: str | None
    provenance: Provenance
    recorded_by: str
    recorded_at: datetime
    correction_reason: str | None
    after_closing: bool


class ActualOutput(BaseModel):
    """What a part's values add up to, against the target of the whole window. Without any value `actual` is null, never nought."""

    model_config = ConfigDict(from_attributes=True)

    part: str
    actual: ExactDecimal | None
    comparison: Comparison
    target: ExactDecimal
    target_high: ExactDecimal | None
    baseline: ExactDecimal | None
    unit: str
    periods: int
    missing: int
    measured_until: date | None


class KpiMeasurementsOutput(BaseModel):
    """A KPI's values and what they add up to, part by part."""

    model_config = ConfigDict(from_attributes=True)

    kpi_id: UUID
    actuals: list[ActualOutput]
    values: list[MeasurementOutput]
    verbs: list[VerbOutput] = Field(description="What the viewer may do now: record.")


class RollUpInput(BaseModel):
    """KPIs by id or code, lower levels first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kpis": ["sales-north", "sales"]}]})

    kpis: list[str] = Field(min_length=1, max_length=1000)
    accept_missing: StrictBool = Field(default=False, description="Record values although KPIs below lack some.")


class RolledPeriodOutput(BaseModel):
    """A period in which something below was measured. `incomplete`: the value is not recorded, since the KPIs in `missing` lack theirs."""

    model_config = ConfigDict(from_attributes=True)

    period_start: date
    value: ExactDecimal
    status: Literal["created", "updated", "unchanged", "error", "incomplete"]
    missing: list[UUID]


class RollUpOutput(BaseModel):
    """What became of one KPI, in the order asked; `errors` tell why it could not be rolled up."""

    model_config = ConfigDict(from_attributes=True)

    kpi_id: UUID | None
    periods: list[RolledPeriodOutput]
    errors: list[FieldError]


class RollUpsOutput(BaseModel):
    """What became of each KPI."""

    model_config = ConfigDict(from_attributes=True)

    results: list[RollUpOutput]
