"""What the doors of changes take and give."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from chassis.dates import WrittenDate
from chassis.numbers import Percent
from chassis.verbs import VerbOutput
from kpi_api.dictionary.fields import Code
from kpi_api.dictionary.target_schemas import Target
from kpi_api.scorecards.changes.models import ChangeStatus, Kind
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.schemas import Comment, Input, LineInput, Output, TemplateParent, once_each


class ChangedLine(LineInput):
    """A KPI as it is to stand from then on. `targets` are other targets of the person's own KPI; left out, the signed ones stay."""

    targets: list[Target] | None = Field(default=None, min_length=1, max_length=50)


class ChangeRequest(Input):
    """All lines as they are to stand from `effective_from` on: a KPI left out comes off, one that is new is added."""

    effective_from: WrittenDate
    reason: Comment
    lines: list[ChangedLine] = Field(min_length=1, max_length=50)
    time_rules: Literal["as_signed", "as_today"] = Field(
        default="as_signed", description="Keep the rules for leave and part-time, or take those that the organization has today."
    )

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "effective_from": "2026-07-01",
                    "reason": "The second product starts in July.",
                    "lines": [
                        {"kpi_id": "0198c1f0-0000-7000-8000-000000000001", "weight": "60.00"},
                        {
                            "kpi_id": "0198c1f0-0000-7000-8000-000000000002",
                            "weight": "40.00",
                            "targets": [{"value": "120", "unit": "count"}],
                        },
                    ],
                }
            ]
        },
    )

    @model_validator(mode="after")
    def kpis_differ(self) -> Self:
        once_each(self.lines)
        return self


class ProposedLine(Output):
    kpi_id: UUID
    name: str
    weight: Percent
    component: str


class ChangeSummary(Output):
    """A request to change an agreed scorecard. `kind` says who asks: one side (`request`), or a KPI whose target changed or that was
    withdrawn. `side` signed first; the other answers. `result_id` is the scorecard that carries the agreed text.
    """

    id: UUID
    scorecard_id: UUID
    kind: Kind
    status: ChangeStatus
    effective_from: date
    kpi_id: UUID | None
    differences: list[str]
    side: Side | None
    signer_id: UUID | None
    on_behalf_of_id: UUID | None
    signed_at: datetime | None
    digest: str | None
    result_id: UUID | None
    requested_at: datetime
    decided_at: datetime | None
    version: int


class ChangeOutput(ChangeSummary):
    """`reason` is what was said with it. `lines` is the text as one side signed it; empty while nobody has."""

    reason: str | None
    lines: list[ProposedLine]
    verbs: list[VerbOutput]


class StoryStep(Output):
    """A step of somebody's scorecards in a cycle, as a sentence; `changes` says what was asked for, `comment` what was said."""

    scorecard_id: UUID
    happened_at: datetime
    verb: str
    side: str
    sentence: str
    changes: list[str]
    comment: str | None


class Story(Output):
    steps: list[StoryStep]


class SplitInput(Input):
    """`moved_on` is the first day of another employment. Without a template, that of the new role is taken; without one, a blank draft."""

    moved_on: WrittenDate
    template_code: Code | None = None
    contributes_to: list[TemplateParent] = Field(default=[], description="Parents of the new KPIs, by definition.")
    reason: Comment | None = None

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"moved_on": "2026-07-01", "template_code": "account-executive"}]}
    )


class SplitPay(Output):
    """How the two scorecards are paid: `ended_days` and `successor_days` of the cycle's `cycle_days`, by a plan that pro-rates.

    `warning` says what a plan without a `proration` step does, since it knows of no days: it pays each of the two in full.
    """

    cycle_days: int
    ended_days: int
    successor_days: int
    explanation: str
    warning: str


class Split(Output):
    """The scorecard ends on `window_end`; a draft runs from `window_start` to `successor_end` with these KPIs.

    `whole_targets` names KPIs of the ended one whose signed target is for a longer window and stays as it was signed: whoever wants a
    smaller one for the shorter time agrees on a change before. `successor_id` is null in a preview, which writes nothing.
    """

    preview: bool
    scorecard_id: UUID
    window_end: date
    successor_id: UUID | None
    window_start: date
    successor_end: date
    template_code: str | None
    kpis: list[str]
    whole_targets: list[str]
    pay: SplitPay
