"""How a closing looks from outside."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.verbs import VerbOutput
from kpi_api.closing.models import Kind, Status


class NotAgreed(BaseModel):
    """A scorecard that nobody agreed in time; it is not scored."""

    model_config = ConfigDict(from_attributes=True)

    scorecard_id: UUID
    person_id: UUID


class ClosingOutput(BaseModel):
    """How far a closing is. `id` is also the id of the run in scoring."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    cycle_id: UUID
    kind: Kind
    status: Status = Field(
        description="`frozen`: scorecards stand; `sent`: scoring has them; then as the run: `computed`, `approved`, `released`,"
        " `superseded`. `empty`: no scorecard had been agreed."
    )
    as_of: datetime = Field(description="Nothing that became known later is in the run.")
    closed_by: UUID
    scorecard_count: int = Field(description="How many scorecards are scored.")
    snapshot_digest: str | None
    failure: str | None = Field(description="Why the last try did not get further; it is tried again by itself.")
    sent_at: datetime | None
    computed_at: datetime | None
    approved_at: datetime | None
    released_at: datetime | None


class ClosingDetail(ClosingOutput):
    """A closing with what was left out. `not_agreed` holds the first 200 that the viewer sees; GET /v1/scorecards lists all."""

    not_agreed_count: int
    not_agreed: list[NotAgreed]
    verbs: list[VerbOutput] = Field(description="What the viewer may do now: close_again (asked for like closing), correct.")
