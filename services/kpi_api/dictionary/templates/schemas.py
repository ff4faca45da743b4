"""What the doors of templates and of the role library take and give."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from chassis.numbers import Percent
from kpi_api.dictionary.fields import Code, Input, Name, Output
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.templates.eligibility import Eligibility


class TemplateLineInput(Input):
    definition_code: Code
    weight: Percent = Field(gt=0, le=100, decimal_places=2, description='Out of "100.00".')
    component: Code = Field(default="kpis", description="The component of the plan that it counts in.")
    targets: list[Target] = Field(min_length=1)


EXAMPLE_LINE: JsonDict = {
    "definition_code": "new-revenue",
    "weight": "100.00",
    "targets": [{"value": "450000", "unit": "USD", "period": "quarter"}],
}


class TemplateContent(Input):
    """What a version of a template says. `eligibility` is whom it is for: everybody when left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Account Executive", "eligibility": {"employed_days": 90}, "lines": [EXAMPLE_LINE]}]},
    )

    name: Name
    role_code: Code | None = None
    eligibility: Eligibility = Eligibility()
    lines: list[TemplateLineInput] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def weights_total_100(self) -> Self:
        total = sum((line.weight for line in self.lines), Decimal(0))
        if total != 100:
            raise PydanticCustomError("weights_total", "The weights total {total}; they must total 100.00", {"total": str(total)})
        return self


class TemplateInput(TemplateContent):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"code": "account-executive", "name": "Account Executive", "lines": [EXAMPLE_LINE]}]},
    )

    code: Code


class TemplateLineOutput(Output):
    """One KPI of a template. `retired`: its definition is in force no more, so nobody can be given the template until that is changed."""

    position: int
    definition_code: str
    weight: Percent
    component: str
    targets: list[Target]
    retired: bool = False


class TemplateOutput(Output):
    """A template as it stands: its version `number`, and since when nobody is given it any more."""

    id: UUID
    code: str
    name: str
    role_code: str | None
    number: int
    retired_on: date | None
    eligibility: Eligibility
    version: int = Field(description="Counts its states; the ETag is made of it.")
    lines: list[TemplateLineOutput]


class TemplateVersionOutput(Output):
    """A version of a template, and when the next one took its place."""

    number: int
    replaced_at: datetime | None
    content: TemplateContent


class Installed(Output):
    """What an installation of the library added; what was there already stays as it is."""

    definitions: int
    outcomes: int
    competencies: int
    templates: int
