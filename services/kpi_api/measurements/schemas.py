"""What the measurement doors give."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.numbers import ExactDecimal
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
