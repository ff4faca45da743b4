"""The thresholds of the rules, which an organization may set. S0 gives four to eight KPIs; the other numbers are our own."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import Percent

Count = Annotated[int, Field(ge=1, le=50)]
Days = Annotated[int, Field(ge=0, le=366)]


class Limits(BaseModel):
    """From when on something is a finding; `warnings_refuse_agreement`: a scorecard with a warning that is not muted cannot be agreed.

    `stakeholders_must_agree`: neither can one with a shared KPI to whose terms a stakeholder has not agreed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_kpis: Count = 8
    fewest_kpis: Count = 4
    most_unit_kpis: Count = 12
    heaviest_weight: Percent = Field(default=Decimal("50.00"), gt=0, le=100, decimal_places=2)
    lightest_weight: Percent = Field(default=Decimal("5.00"), ge=0, le=100, decimal_places=2)
    mid_cycle_grace_days: Days = 30
    assessment_grace_days: Days = 14
    warnings_refuse_agreement: StrictBool = False
    stakeholders_must_agree: StrictBool = False

    @model_validator(mode="after")
    def are_in_order(self) -> "Limits":
        if self.fewest_kpis > self.most_kpis:
            raise PydanticCustomError("limits_out_of_order", "`fewest_kpis` must not be over `most_kpis`")
        if self.lightest_weight > self.heaviest_weight:
            raise PydanticCustomError("limits_out_of_order", "`lightest_weight` must not be over `heaviest_weight`")
        return self
