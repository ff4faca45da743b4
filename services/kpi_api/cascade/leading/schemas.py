"""What the doors of leads take and give."""

from uuid import UUID

from pydantic import BaseModel, Field

from kpi_api.cascade.schemas import KpiReference
from kpi_api.dictionary.fields import Input


class LeadInput(Input):
    """The lagging KPI that a KPI leads to."""

    lagging: KpiReference
    lag_days: int | None = Field(default=None, ge=0, le=3660, description="After how many days it shows; the definition's when left out.")


class LeadOutput(BaseModel):
    """A KPI at the other end of a lead."""

    kpi_id: UUID
    name: str
    lag_days: int
    sentence: str = Field(examples=["Calls leads to Revenue, where it shows after 30 days."])


class Leads(BaseModel):
    """What a KPI leads to, and what leads to it, as far as you see it."""

    leads_to: list[LeadOutput]
    led_by: list[LeadOutput]
