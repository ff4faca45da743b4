"""What the scorecard doors take and give."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import Percent
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.cascade.schemas import KpiStatus, Parent, TargetOutput
from kpi_api.dictionary.fields import Code
from kpi_api.scorecards.lifecycle import Side, Status

Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


COMPONENT: Final = "kpis"
"""Of a line for which nobody has named another."""


class LineInput(Input):
    """One KPI with its weight in percent, at most two places; a draft may leave it open."""

    kpi_id: UUID
    weight: Percent | None = Field(default=None, gt=0, le=100, decimal_places=2)
    component: Code | None = Field(
        default=None, description="The component of the plan that it counts in; left out, the line's own as it is, of a new line `kpis`."
    )


def once_each(lines: Sequence[LineInput] | None) -> None:
    ids = [line.kpi_id for line in lines or []]
    if len(set(ids)) < len(ids):
        raise PydanticCustomError("duplicate_kpi", "A KPI stands twice on the scorecard")


class LinesInput(Input):
    """All lines, in the order to be shown; they replace those that are there."""

    lines: list[LineInput] = Field(max_length=50)

    @model_validator(mode="after")
    def kpis_differ(self) -> Self:
        once_each(self.lines)
        return self


class PersonReference(Input):
    """A person by id or by the HRIS's external id."""

    person_id: UUID | None = None
    person_external_id: str | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.person_id is None) == (self.person_external_id is None):
            raise PydanticCustomError("one_person", "Name the person by person_id or by person_external_id")
        return self


class NewScorecard(PersonReference):
    """A draft with lines, or a blank one. The window is the cycle's, from the hire date and until the last day where these lie inside."""

    cycle_code: Code
    window_start: WrittenDate | None = None
    window_end: WrittenDate | None = None
    lines: list[LineInput] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def kpis_differ(self) -> Self:
        once_each(self.lines)
        return self


class TemplateParent(Parent):
    """What each person's KPI of a definition contributes to."""

    definition_code: Code


class TemplatePerson(PersonReference):
    window_start: WrittenDate | None = None
    window_end: WrittenDate | None = None


class TemplateOpening(Input):
    """A draft from one template for each of many people, with individual KPIs of their own."""

    template_code: Code
    cycle_code: Code
    people: list[TemplatePerson] = Field(min_length=1, max_length=5000)
    contributes_to: list[TemplateParent] = Field(default=[], description="Parents of everybody's KPIs, by definition.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "template_code": "account-executive",
                    "cycle_code": "2026",
                    "people": [{"person_external_id": "E-1001"}, {"person_external_id": "E-1002"}],
                    "contributes_to": [{"definition_code": "new-revenue", "parent": "team-north-revenue"}],
                }
            ]
        },
    )


class CommentInput(Input):
    comment: Comment | None = None


MaybeComment = Annotated[CommentInput, Body(default_factory=CommentInput)]
"""A verb without a comment needs no body."""


class CounterInput(Input):
    """The other side's answer: a comment, changed lines, or both."""

    comment: Comment | None = None
    lines: list[LineInput] | None = Field(default=None, max_length=50)

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.comment is None and self.lines is None:
            raise PydanticCustomError("empty_counter", "Give a comment, changed lines, or both")
        once_each(self.lines)
        return self


class ForceInput(Input):
    reason: Comment


class LineOutput(Output):
    """One KPI of a scorecard. One that was withdrawn stands there until it is taken off, and is scored as one without a value."""

    id: UUID
    kpi_id: UUID
    name: str
    kpi_status: KpiStatus
    definition_code: str
    weight: Percent | None
    component: str
    targets: list[TargetOutput]


class SignatureOutput(Output):
    """Who signed which text; a delegate's names the absent manager for whom they did."""

    side: Side
    signer_id: UUID
    on_behalf_of_id: UUID | None
    signed_at: datetime
    digest: str


class HistoryOutput(Output):
    verb: str
    from_status: Status | None
    to_status: Status
    side: str
    actor: str
    comment: str | None
    happened_at: datetime


class DueAssessment(Output):
    """A formal assessment of a scorecard: by when its review is to be released, and whether it was."""

    stage: Literal["mid_year", "annual"]
    due_on: date
    released_on: date | None
    state: Literal["to_come", "held", "missed"]


class ScorecardSummary(Output):
    """A scorecard without its lines. `imposed` was forced by HR rather than agreed; `waiting_for` is the side whose answer is awaited."""

    id: UUID
    person_id: UUID
    cycle_id: UUID
    template_id: UUID | None
    status: Status
    written_by_side: Side
    window_start: date
    window_end: date
    imposed: bool
    agreed_at: datetime | None
    agreement_digest: str | None
    imposed_by_correction_id: UUID | None
    waiting_for: Side | None
    waiting_since: datetime | None
    version: int


class ScorecardOutput(ScorecardSummary):
    """A scorecard with its lines, who signed which text, what happened, and what the viewer may do now.

    `time` says what leave and part-time do to it; nothing where they do nothing (`GET /v1/scorecards/{id}/time` has the figures).
    `assessments` says by when its reviews are due.
    """

    lines: list[LineOutput]
    signatures: list[SignatureOutput]
    history: list[HistoryOutput]
    time: list[str]
    assessments: list[DueAssessment]
    verbs: list[VerbOutput]
