"""What the doors of templates and of the role library take and give."""

from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import Percent
from kpi_api.dictionary.fields import Code, Input, Name, Output
from kpi_api.dictionary.target_schemas import Target


class TemplateLineInput(Input):
    definition_code: Code
    weight: Percent = Field(gt=0, le=100, decimal_places=2, description='Out of "100.00".')
    component: Code = Field(default="kpis", description="The component of the plan that it counts in.")
    targets: list[Target] = Field(min_length=1)


class TemplateInput(Input):
    code: Code
    name: Name
    role_code: Code | None = None
    lines: list[TemplateLineInput] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def weights_total_100(self) -> Self:
        total = sum((line.weight for line in self.lines), Decimal(0))
        if total != 100:
            raise PydanticCustomError("weights_total", "The weights total {total}; they must total 100.00", {"total": str(total)})
        return self


class TemplateLineOutput(Output):
    position: int
    definition_code: str
    weight: Percent
    component: str
    targets: list[Target]


class TemplateOutput(Output):
    id: UUID
    code: str
    name: str
    role_code: str | None
    lines: list[TemplateLineOutput]


class Installed(Output):
    """What an installation of the library added; what was there already stays as it is."""

    definitions: int
    outcomes: int
    competencies: int
    templates: int
