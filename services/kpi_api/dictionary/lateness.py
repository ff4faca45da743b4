"""What a milestone loses when it is late, and the number that a target is."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal, Percent

WORD = re.compile(r"[^\W\d_]{2}")
ASKS_FOR_A_NUMBER = PydanticCustomError(
    "target_not_a_number",
    'A target is a number with a unit, such as {"value": "28", "unit": "percent"}; words such as "better" can be neither met nor missed.'
    " Say how much, and by when.",
)


def a_number(value: Any) -> Any:
    """What is given as a target, unless it is words: those are answered with what a target is."""
    if isinstance(value, str) and WORD.search(value):
        raise ASKS_FOR_A_NUMBER
    return value


TargetNumber = Annotated[ExactDecimal, BeforeValidator(a_number, json_schema_input_type=str)]


class Lateness(BaseModel):
    """How a milestone counts that is done after its due date and `grace_days` more, all counted in calendar or business days.

    `zero_when_late`: as nothing. `per_day`: each day late takes `percent` of what was done.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "per_day", "percent": "5", "grace_days": 2}]})

    kind: Literal["zero_when_late", "per_day"]
    percent: Annotated[Percent, Field(gt=0, le=100)] | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    days: Literal["calendar", "business"] = "calendar"

    @model_validator(mode="after")
    def says_what_a_day_costs(self) -> Self:
        if (self.kind == "per_day") != (self.percent is not None):
            raise PydanticCustomError("lateness_percent", "`per_day` needs `percent`, and only `per_day` has one")
        return self
