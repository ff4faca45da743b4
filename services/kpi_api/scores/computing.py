"""The job that keeps scores fresh: every stale scorecard is scored in bulk by scoring and the answers are kept.

It looks for what is stale itself, so any number of events may ask for it and none is missed. With scoring down it leaves the scores stale
and ends; the periodic run catches up when scoring is back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import ColumnElement, and_, or_, select, text

from chassis.http_client import ServiceUnavailable
from chassis.jobs import Job
from kpi_api.scorecards.scoring_document import scoring_document
from kpi_api.scores.models import Score
from kpi_api.scores.scoring_client import scoring_of

log = structlog.get_logger()

COMPUTE: Final = "scores.compute"
COMPUTE_SECONDS: Final = 10
BATCH: Final = 500
ASK_AGAIN: Final = timedelta(minutes=15)
"""Scoring does not tell when a plan is assigned, so a scorecard without one is tried again this often."""

KEEP: Final = text(
    """
    UPDATE scores SET result = CAST(:result AS jsonb), composite = :composite, engine_version = :engine_version, plan_digest = :plan_digest,
      computed_at = :computed_at, computed_version = :seen, stale_since = CASE WHEN inputs_version = :seen THEN NULL ELSE stale_since END
    WHERE organization_id = :organization_id AND id = :id AND coalesce(computed_version, 0) <= :seen
    """
)
"""An answer is kept unless a later one is there, and is fresh unless inputs changed after it was asked for."""


async def compute_scores(job: Job) -> None:
    """Score everything that is stale, some hundred scorecards at a time. Raises ScoringRefused when scoring finds the request wrong."""
    after = UUID(int=0)
    try:
        while seen := await _stale(job, after):
            await _score(job, seen)
            after = max(seen)
    except ServiceUnavailable as reason:
        log.warning("scores_stay_stale", organization_id=str(job.organization_id), reason=str(reason))


async def _stale(job: Job, after: UUID) -> dict[UUID, int]:
    """Scorecards to score with the version of their inputs, read before the inputs themselves."""
    async with job.database.read(job.organization_id) as session:
        due = select(Score.id, Score.inputs_version).where(Score.id > after, _is_due(session.now)).order_by(Score.id).limit(BATCH)
        return dict((await session.execute(due)).all())


def _is_due(now: datetime) -> ColumnElement[bool]:
    without_plan = Score.result["error"]["code"].astext == "no_plan"
    return or_(Score.stale_since.is_not(None), and_(without_plan, Score.computed_at < now - ASK_AGAIN))


async def _score(job: Job, seen: Mapping[UUID, int]) -> None:
    async with job.database.read(job.organization_id) as session:
        now = session.now
        scorecards = await scoring_document(session, seen.keys())
    if scorecards:
        results = await scoring_of(job.resources).score(job.organization_id, scorecards, now)
        await _keep(job, results, seen, now)


async def _keep(job: Job, results: Sequence[Mapping[str, Any]], seen: Mapping[UUID, int], computed_at: datetime) -> None:
    async with job.database.write(job.organization_id) as session:
        for result in sorted(results, key=lambda result: str(result["scorecard_id"])):
            id_ = UUID(str(result["scorecard_id"]))
            keys = {"organization_id": job.organization_id, "id": id_, "seen": seen[id_], "computed_at": computed_at}
            await session.execute(KEEP, keys | _columns(result))


def _columns(result: Mapping[str, Any]) -> dict[str, Any]:
    composite = result["composite"]
    return {
        "result": orjson.dumps({"lines": result["lines"], "error": result["error"]}).decode(),
        "composite": None if composite is None else Decimal(composite),
        "engine_version": result["engine_version"],
        "plan_digest": result["plan_digest"],
    }
