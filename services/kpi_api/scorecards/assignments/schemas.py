"""What the doors of assignments take and give."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.numbers import ExactDecimal
from kpi_api.dictionary.fields import Code
from kpi_api.scorecards.assignments.models import AssignmentStatus, ResultStatus
from kpi_api.scorecards.schemas import Input, Output, TemplateParent, TemplatePerson

MAX_PEOPLE = 50_000


class ForWhom(Input):
    """People by name, or all who work in a unit or below it, in a role, or both."""

    people: Annotated[list[TemplatePerson], Field(min_length=1, max_length=MAX_PEOPLE)] | None = None
    unit_code: Code | None = None
    role_code: Code | None = None

    @model_validator(mode="after")
    def says_for_whom(self) -> Self:
        if (self.people is None) == (self.unit_code is None and self.role_code is None):
            raise PydanticCustomError("for_whom", "Name `people`, or choose them by `unit_code`, `role_code` or both")
        return self


Preview = Annotated[StrictBool, Field(description="Come to the same results, and open nothing.")]


class NewAssignment(ForWhom):
    """A template for a cycle, and for whom: people by name, or all who work in a unit or below it, in a role, or both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "template_code": "account-executive",
                    "cycle_code": "2026",
                    "unit_code": "sales",
                    "contributes_to": [{"definition_code": "new-revenue", "parent": "team-north-revenue"}],
                }
            ]
        },
    )

    template_code: Code
    cycle_code: Code
    contributes_to: list[TemplateParent] = Field(default=[], max_length=200, description="Parents of everybody's KPIs, by definition.")
    preview: Preview = False


class AssignmentOutput(Output):
    """An assignment of a template, or of copies from an earlier cycle, and how far it is. The counts are of people that the viewer sees.

    Of a `preview`, `opened` counts those who would have a scorecard.
    """

    id: UUID
    template_id: UUID | None
    template_number: int | None
    from_cycle_id: UUID | None
    target_change_percent: ExactDecimal
    preview: bool
    cycle_id: UUID
    requester_id: UUID
    status: AssignmentStatus
    requested_at: datetime
    finished_at: datetime | None
    version: int
    people: int
    waiting: int = 0
    opened: int = 0
    skipped: int = 0
    refused: int = 0
    removed: int = 0
    kept: int = 0


class LeftOut(Output):
    """A KPI of the copied scorecard that the new one has not, and why."""

    kpi_id: UUID
    name: str
    code: str
    message: str


class ResultOutput(Output):
    """What became of one person. `code` and `message` say why somebody was skipped or refused, or why an undo kept a draft."""

    position: int
    person_id: UUID
    status: ResultStatus
    code: str | None
    message: str | None
    scorecard_id: UUID | None
    left_out: list[LeftOut]
