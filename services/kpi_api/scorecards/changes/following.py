"""What becomes of other requests when a scorecard's text changes or is corrected, and of all when its cycle closes."""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis.database import WriteSession
from kpi_api.scorecards.changes import queries
from kpi_api.scorecards.changes.composing import asked_terms, told
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.steps import note_step, tell
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.terms import errors_in

LAPSE: Final = text(
    """
    UPDATE scorecard_changes c SET status = 'lapsed', decided_at = :now, version = c.version + 1 FROM scorecards s
    WHERE c.organization_id = :organization_id AND c.status = 'pending'
      AND s.organization_id = c.organization_id AND s.id = c.scorecard_id AND s.cycle_id = :cycle_id
    """
)


async def follow_up(session: WriteSession, card: Scorecard, result: Scorecard) -> None:
    """After `card` got another text, which `result` carries: what a KPI still asks is asked of `result`, by both sides anew; what was
    written upon the former text lapses.
    """
    for change in await queries.pending(session, card.id):
        if change.kind == "request" or change.kpi_id not in _kpis(result):
            lapse(session, change)
            await note_step(session, card, "lapse_change", "agreement", "agreement")
        else:
            ask_anew(change)
            change.scorecard_id, change.effective_from = result.id, max(change.effective_from, result.window_start)
    await session.flush()


async def ask_upon_corrected(session: WriteSession, card: Scorecard) -> None:
    """After a correction gave `card` another text: what is asked for is asked upon that one, by both sides anew, and lapses where it
    would change nothing any more or would have errors.
    """
    signed = card.agreement or {"lines": []}
    for change in await queries.pending(session, card.id):
        ask_anew(change)
        terms = await asked_terms(session, card, change, signed)
        change.differences = told(signed, terms)
        if not change.differences or errors_in(terms.document):
            lapse(session, change)
            await note_step(session, card, "lapse_change", "hr", "correction")
        else:
            await note_step(session, card, "ask_change_anew", "hr", "correction")
            await tell(session, "scorecard.change_requested", card, change)
    await session.flush()


def _kpis(card: Scorecard) -> set[UUID]:
    return {UUID(line["kpi_id"]) for line in (card.agreement or {"lines": []})["lines"]}


def lapse(session: WriteSession, change: ScorecardChange) -> None:
    change.status, change.decided_at = "lapsed", session.now


def ask_anew(change: ScorecardChange) -> None:
    """Whoever signed first signed another text."""
    change.side = change.signer_id = change.on_behalf_of_id = change.signed_at = change.document = change.digest = None


async def lapse_of_cycle(session: WriteSession, cycle_id: UUID) -> None:
    """Once the measurements are frozen nothing is changed any more; the signed texts stand."""
    keys = {"organization_id": session.organization_id, "cycle_id": cycle_id, "now": session.now}
    await session.execute(LAPSE, keys)
