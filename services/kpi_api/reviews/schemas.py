"""What the doors of reviews and check-ins take and give."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.reviews.lifecycle import Stage, Status

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), NOT_BLANK]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Rating = Annotated[ExactDecimal, Field(max_digits=5, decimal_places=2, examples=["4.0"])]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ReviewOpening(Input):
    """Open a stage for the scorecards named, or for every agreed scorecard of the cycle."""

    cycle_code: str = Field(examples=["2026"])
    stage: Stage
    scorecard_ids: list[UUID] | None = Field(default=None, max_length=10_000)


class AssessmentInput(Input):
    """What the author says, and a rating on the organization's scale."""

    text: Text
    rating: Rating | None = None


class ReleaseInput(Input):
    """The overall rating; the manager's own when left out."""

    overall_rating: Rating | None = None


class AssessmentOutput(Output):
    author_id: UUID
    text: str
    rating: ExactDecimal | None
    written_at: datetime


class ReviewSummary(Output):
    """A review without its texts. `overall_rating` is null until it is released."""

    id: UUID
    scorecard_id: UUID
    person_id: UUID
    cycle_id: UUID
    stage: Stage
    status: Status
    overall_rating: ExactDecimal | None
    opened_at: datetime
    released_at: datetime | None
    acknowledged_at: datetime | None


class ReviewOutput(ReviewSummary):
    """A review as the viewer may see it. Until its release the manager's assessment is null to everybody but its author and HR, and the
    self-assessment to everybody but its author, whoever leads them today, and HR."""

    self_assessment: AssessmentOutput | None
    manager_assessment: AssessmentOutput | None
    verbs: list[VerbOutput]


class CheckInInput(Input):
    """S2's four questions about a KPI. `person_id` is whose check-in it is: one's own when left out."""

    kpi_id: UUID
    person_id: UUID | None = None
    period_start: WrittenDate
    what_moved: Text
    why: Answer
    expected_impact: Answer = Field(description="Expected impact in the next period.")
    support_needed: Answer = ""


class CheckInOutput(Output):
    id: UUID
    kpi_id: UUID
    person_id: UUID
    author_id: UUID
    period_start: date
    what_moved: str
    why: str
    expected_impact: str
    support_needed: str
    created_at: datetime
