"""Following a run through scoring's event feed: what happened there is recorded here, each event once and in order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chassis import events
from chassis.database import WriteSession
from kpi_api.closing.models import Closing, Status
from kpi_api.scores.scoring_client import ScoringClient

STATES: Final[dict[str, Status]] = {
    "run.computed": "computed",
    "run.approved": "approved",
    "run.released": "released",
    "run.superseded": "superseded",
}
PAGE: Final = 500


async def follow(session: WriteSession, scoring: ScoringClient, closing: Closing) -> None:
    """Read the feed from where the closing left off. The place and what was read are stored in one transaction, so a reader that is killed
    reads the page again and records nothing twice. Raises ServiceUnavailable, ScoringRefused.
    """
    while page := await _page(session, scoring, closing.followed_number):
        for event in page:
            if event["subject_id"] == str(closing.id):
                await _record(session, closing, event)
        closing.followed_number = page[-1]["number"]


async def _page(session: WriteSession, scoring: ScoringClient, after: int) -> list[dict[str, Any]]:
    query = {"after": after, "limit": PAGE, "type": list(STATES)}
    found: list[dict[str, Any]] = (await scoring.call(session.organization_id, "GET", "/v1/events", params=query)).json()["events"]
    return found


async def _record(session: WriteSession, closing: Closing, event: Mapping[str, Any]) -> None:
    state = STATES[event["type"]]
    closing.status = state
    if state != "superseded":
        setattr(closing, f"{state}_at", datetime.fromisoformat(event["occurred_at"]))
    await events.record(session, "run.followed", "run", closing.id, state=state, cycle_id=str(closing.cycle_id))
