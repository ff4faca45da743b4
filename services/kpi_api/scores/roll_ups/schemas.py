"""What the doors of roll-ups take and give."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal
from chassis.pagination import Page
from kpi_api.cascade.levels import Level
from kpi_api.cascade.schemas import RollUpMethod, RollUpOf, UnitName
from kpi_api.dictionary.fields import Input, Output
from kpi_api.scores.roll_ups.arithmetic import Reason
from kpi_api.scores.roll_ups.double_counting import Kind

Because = Literal["measured", "no_value", "below_is_measured", "not_seen_whole"]


class MissingBelow(Output):
    """A KPI directly below that has no value, and the first day of the window for which it has none."""

    kpi_id: UUID
    name: str
    since: date


class RolledUpKpi(Output):
    """What a KPI comes to. What is not there is null, never nought, and `reason` says why.

    `complete`: nothing below is missing, at any depth; `missing` names those directly below, as far as the viewer sees them.
    `counted_twice`: a shared result reaches this sum by more than one way.
    """

    kpi_id: UUID
    code: str | None
    name: str
    level: Level
    owning_unit: UnitName | None
    roll_up: RollUpMethod
    roll_up_of: RollUpOf
    value: ExactDecimal | None
    unit: str | None = Field(description="The value's; null for a KPI of several parts, which has no single value.")
    attainment_raw: ExactDecimal | None = Field(description="As scoring computed it, or rolled up; 1 is the target met.")
    attainment_capped: ExactDecimal | None
    reason: Reason | None
    complete: bool
    counted_twice: bool
    missing: list[MissingBelow]


class RolledUpPage(Page[RolledUpKpi]):
    """One page, strategic KPIs first; `next` is null on the last."""


class NamedKpi(Output):
    id: UUID
    name: str
    level: Level


class DoubledResult(Output):
    """A KPI that a sum counts more than once. `paths` hold ids from the KPI upward to the sum; `too_much` is what the sum has of it beyond
    once, null where it has no value."""

    kpi: NamedKpi
    sum: NamedKpi
    kind: Kind
    times: int
    paths: list[list[UUID]]
    value: ExactDecimal | None
    too_much: ExactDecimal | None
    unit: str | None
    sentence: str


class DoubledResults(Output):
    """What is counted more than once, as far as the viewer sees it; `complete` is false where there is more than is told."""

    items: list[DoubledResult]
    complete: bool


class SupposedChange(Input):
    """One KPI that comes to something else: exactly one of the three."""

    kpi_id: UUID
    value: ExactDecimal | None = None
    attainment: ExactDecimal | None = Field(default=None, ge=0, description="1 is the target met; taken as it is, raw and capped.")
    missed: StrictBool = Field(default=False, description="Nothing of what was aimed at: 0, and attainment 0.")

    @model_validator(mode="after")
    def supposes_one(self) -> Self:
        if (self.value is not None) + (self.attainment is not None) + self.missed != 1:
            raise PydanticCustomError("one_change", "Give one of value, attainment and missed")
        return self


class WhatIf(Input):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cycle": "2026", "changes": [{"kpi_id": "01920000-0000-7000-8000-000000000001", "missed": True}]}]}
    )

    cycle: str = Field(min_length=1, max_length=64, description="A cycle's code or id.")
    changes: list[SupposedChange] = Field(min_length=1, max_length=50)
    accept_missing: StrictBool = Field(default=False, description="Roll up those that have a value where others have none.")
    once: StrictBool = Field(default=False, description="Count what reaches a sum by several ways once.")


class Effect(Output):
    """A KPI above that would come to something else."""

    kpi: NamedKpi
    of: RollUpOf
    before: ExactDecimal
    after: ExactDecimal
    change: ExactDecimal
    change_percent: ExactDecimal | None = Field(description="Of what it comes to now, two places; null where that is 0.")
    unit: str | None
    complete: bool


class Dependence(Output):
    """A KPI above of which no amount can be told. `weight` is that of `through` among those into it, `of_weights` all of them together
    (null where the viewer does not see the KPI whole)."""

    kpi: NamedKpi
    through: NamedKpi
    weight: ExactDecimal
    of_weights: ExactDecimal | None
    because: Because


class WhatWould(Output):
    """What would follow, in order of level; nothing was written."""

    effects: list[Effect]
    depends: list[Dependence]
    sentence: str
