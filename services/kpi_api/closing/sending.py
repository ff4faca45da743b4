"""Sending a closing's scorecards to scoring: announce the run, put the snapshot, have it computed. Each call may be repeated."""

from typing import Any, Final

import httpx

from chassis.database import WriteSession
from chassis.idempotency import AnswerForgotten
from kpi_api.closing.models import Closing
from kpi_api.closing.snapshot import MEDIA_TYPE, snapshot
from kpi_api.cycles.actions import change_status
from kpi_api.cycles.models import Cycle
from kpi_api.scores.scoring_client import ScoringClient, ScoringRefused

PATIENCE: Final = httpx.Timeout(600, connect=2)
"""A snapshot of a whole company takes scoring a while to check and store."""

TAKES_SNAPSHOT: Final = {"open", "received"}


async def send(session: WriteSession, scoring: ScoringClient, closing: Closing) -> None:
    """Bring a frozen closing to `sent`, and its cycle to closed. The run is computed in the name of who closed the cycle, so that scoring
    lets somebody else approve it. Raises ServiceUnavailable, ScoringRefused; what had arrived by then does no harm.
    """
    cycle = await session.get_one(Cycle, (session.organization_id, closing.cycle_id))
    if closing.scorecard_count:
        run = await _put_run(session, scoring, closing, cycle)
        if run["status"] in TAKES_SNAPSHOT:
            run = await _put_snapshot(session, scoring, closing)
            await _have_computed(session, scoring, closing, run["snapshot_digest"])
        closing.snapshot_digest, closing.status, closing.sent_at = run["snapshot_digest"], "sent", session.now
    else:
        closing.status = "empty"
    if cycle.status == "closing":
        await change_status(session, cycle.id, "closing", "closed")


async def _put_run(session: WriteSession, scoring: ScoringClient, closing: Closing, cycle: Cycle) -> dict[str, Any]:
    content = {
        "cycle_code": cycle.code,
        "period_start": cycle.starts_on.isoformat(),
        "period_end": cycle.ends_on.isoformat(),
        "kind": closing.kind,
    }
    answer = await scoring.call(session.organization_id, "PUT", f"/v1/runs/{closing.id}", json=content)
    run: dict[str, Any] = answer.json()
    return run


async def _put_snapshot(session: WriteSession, scoring: ScoringClient, closing: Closing) -> dict[str, Any]:
    answer = await scoring.call(
        session.organization_id,
        "PUT",
        f"/v1/runs/{closing.id}/scorecards",
        content=await snapshot(session, closing),
        headers={"Content-Type": MEDIA_TYPE},
        timeout=PATIENCE,
    )
    run: dict[str, Any] = answer.json()
    return run


async def _have_computed(session: WriteSession, scoring: ScoringClient, closing: Closing, snapshot_digest: str) -> None:
    """The key is the same whenever this is tried again, so that scoring computes once though our side was killed before it knew."""
    try:
        await scoring.call(
            session.organization_id,
            "POST",
            f"/v1/runs/{closing.id}/compute",
            acting_person=closing.closed_by,
            headers={"Idempotency-Key": f"{closing.id} {snapshot_digest}"},
            repeatable=True,
        )
    except ScoringRefused as refused:
        if refused.code != AnswerForgotten.code:
            raise
