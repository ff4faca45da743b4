"""What the score doors give."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.numbers import ExactDecimal, Percent
from kpi_api.scorecards.models import Scorecard
from kpi_api.scores.models import Score

Freshness = Literal["not_computed", "stale", "fresh"]


class ScoredLine(BaseModel):
    """How one KPI counted. `reason` says why a value is null or zero."""

    line: int
    kpi_id: UUID
    name: str
    weight: Percent
    attainment_raw: ExactDecimal | None
    attainment_capped: ExactDecimal | None
    score: ExactDecimal | None
    reason: str | None


class ScoreErrorOutput(BaseModel):
    """Why the scorecard could not be scored."""

    code: str
    message: str


class ScoreOutput(BaseModel):
    """A scorecard's last computed score and how fresh it is; `stale_since` is when something it depends on first changed after that."""

    scorecard_id: UUID
    freshness: Freshness
    stale_since: datetime | None
    computed_at: datetime | None
    composite: ExactDecimal | None
    lines: list[ScoredLine]
    error: ScoreErrorOutput | None
    engine_version: int | None
    plan_digest: str | None = Field(description="Which version of which plan the score was computed by.")

    @classmethod
    def of(cls, card: Scorecard, score: Score | None) -> Self:
        result = (score.result if score else None) or {"lines": [], "error": None}
        return cls(
            scorecard_id=card.id,
            freshness=_freshness(score),
            stale_since=score.stale_since if score else None,
            computed_at=score.computed_at if score else None,
            composite=score.composite if score else None,
            lines=_lines(card, result["lines"]),
            error=result["error"],
            engine_version=score.engine_version if score else None,
            plan_digest=score.plan_digest if score else None,
        )


def _freshness(score: Score | None) -> Freshness:
    if score is None or score.computed_at is None:
        return "not_computed"
    return "stale" if score.stale_since else "fresh"


def _lines(card: Scorecard, scored: list[dict[str, Any]]) -> list[ScoredLine]:
    agreed = {line["line"]: line for line in (card.agreement or {"lines": []})["lines"]}
    same = ("line", "attainment_raw", "attainment_capped", "score", "reason")
    return [
        ScoredLine(**{name: line[name] for name in same}, **{name: agreed[line["line"]][name] for name in ("kpi_id", "name", "weight")})
        for line in scored
    ]
