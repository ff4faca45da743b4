"""Scorecards to be scored, and their scores."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.dates import WrittenTime
from chassis.numbers import ExactDecimal
from scoring.plans.schemas import DocumentIn
from scoring.schemas import Input, Output
from scoring.snapshots.documents import ScorecardIn


class ScoresIn(Input):
    """Scorecards to score, by an inline plan or else by the plan assigned to each person on the scorecard's last day."""

    scorecards: Annotated[list[ScorecardIn], Field(min_length=1, max_length=10_000)]
    plan: DocumentIn | None = None
    as_of: Annotated[WrittenTime | None, Field(description="When the actuals were read; given back.")] = None


class LineScore(Output):
    """How one KPI counted. `reason` says why a value is null or zero."""

    line: int
    attainment_raw: ExactDecimal | None
    attainment_capped: ExactDecimal | None
    score: ExactDecimal | None
    weight: ExactDecimal | None
    reason: str | None


class ScoreError(Output):
    """Why a scorecard could not be scored."""

    code: str
    message: str


class Score(Output):
    """A scorecard's composite and lines, or the error."""

    scorecard_id: UUID
    composite: ExactDecimal | None = None
    lines: list[LineScore] = Field(default_factory=list)
    plan_digest: str | None = None
    engine_version: int
    error: ScoreError | None = None


class ScoresOut(Output):
    """One result for each scorecard, in the order sent."""

    results: list[Score]
    as_of: AwareDatetime | None
