"""What the doors of corrections take and give."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal, Percent
from kpi_api.dictionary.fields import Code
from kpi_api.scorecards.corrections.models import CorrectionStatus, ResultStatus
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.schemas import Comment, Input, Output

VALUES = ("value", "value_high", "baseline", "threshold", "stretch")


class CorrectedTarget(Input):
    """The right figures of one part of a target; those left out stay, and so does all else that was agreed about it."""

    part: Code = "main"
    value: ExactDecimal | None = None
    value_high: ExactDecimal | None = None
    baseline: ExactDecimal | None = None
    threshold: ExactDecimal | None = None
    stretch: ExactDecimal | None = None

    @model_validator(mode="after")
    def gives_a_figure(self) -> Self:
        if all(getattr(self, name) is None for name in VALUES):
            raise PydanticCustomError("no_figure", "Give at least one figure to correct")
        return self


class CorrectedLine(Input):
    """What was wrong about the KPIs of one definition: their weight in percent, figures of their targets, or both."""

    definition_code: Code
    weight: Percent | None = Field(default=None, gt=0, le=100, decimal_places=2)
    targets: list[CorrectedTarget] = Field(default=[], max_length=20)

    @model_validator(mode="after")
    def corrects_something(self) -> Self:
        if self.weight is None and not self.targets:
            raise PydanticCustomError("no_correction", "Give a weight, targets, or both")
        return self


class Selection(Input):
    """Signed scorecards of a cycle that carry one of the definitions; of a template, of who works today in a unit or below it."""

    cycle_code: Code
    template_code: Code | None = None
    unit_id: UUID | None = None
    lines: list[CorrectedLine] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def names_each_once(self) -> Self:
        codes = [line.definition_code for line in self.lines]
        if len(set(codes)) < len(codes):
            raise PydanticCustomError("duplicate_definition", "A definition stands twice in the correction")
        return self


EXAMPLE: JsonDict = {
    "cycle_code": "2026",
    "template_code": "caller",
    "lines": [{"definition_code": "calls", "targets": [{"value": "120"}]}],
}


class CorrectionPreviewInput(Selection):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})


class NewCorrection(Selection):
    """The correction with its reason, and the last day on which a side may object."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [EXAMPLE | {"reason": "The plan says 120; 100 was last year's.", "objections_until": "2026-04-30"}]},
    )

    reason: Comment
    objections_until: WrittenDate


class RefusedCount(Output):
    """Scorecards that cannot be corrected for one reason."""

    code: str
    message: str
    scorecards: int


class PreviewedScorecard(Output):
    scorecard_id: UUID
    person_id: UUID
    changes: list[str]


class CorrectionPreview(Output):
    """What a correction would do now, and the first scorecards it would change."""

    selected: int
    would_change: int
    unchanged: int
    refused: list[RefusedCount]
    first: list[PreviewedScorecard]


class CorrectionCounts(Output):
    """Scorecards by what became of the correction there; their sum is how many were noted so far."""

    pending: int = 0
    objected: int = 0
    applied: int = 0
    unchanged: int = 0
    refused: int = 0
    withdrawn: int = 0


class CorrectionOutput(Output):
    id: UUID
    cycle_id: UUID
    template_id: UUID | None
    unit_id: UUID | None
    lines: list[CorrectedLine]
    reason: str
    objections_until: date
    status: CorrectionStatus
    ordered_by_id: UUID
    ordered_at: datetime
    scorecards: CorrectionCounts


class CorrectionResultOutput(Output):
    """What a correction changes on one scorecard, and what became of it there."""

    id: UUID
    correction_id: UUID
    scorecard_id: UUID
    status: ResultStatus
    changes: list[str]
    refused_code: str | None
    refused_message: str | None
    objected_side: Side | None
    objection: str | None
    decided_at: datetime | None


class CorrectionOfScorecard(CorrectionResultOutput):
    """The same as the two sides read it: with the reason, and until when they may object."""

    reason: str
    objections_until: date


class ObjectionInput(Input):
    reason: Comment
