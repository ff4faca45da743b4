"""The work of corrections: note the scorecards that one is about, and when its day is over correct those to which nobody objected.

Some hundred scorecards in a transaction, under the correction's lock: what was done stays done, and a second worker finds the rest.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.cascade import storing
from kpi_api.cascade.queries import among
from kpi_api.scorecards.corrections.applying import put_in_force
from kpi_api.scorecards.corrections.correcting import Corrected, Refusal
from kpi_api.scorecards.corrections.models import CorrectionResult, ResultStatus, ScorecardCorrection
from kpi_api.scorecards.corrections.selecting import CHUNK, IN_FORCE, Outcome, outcomes, selected
from kpi_api.scorecards.models import Scorecard

CORRECT_SECONDS: Final = 600
RUNNING: Final = Refusal("already_being_corrected", "Another correction of this scorecard is not decided yet.")
NOT_IN_FORCE: Final = Refusal("not_in_force", "The scorecard is not in force any more.")


async def correct(job: Job) -> None:
    """Go on with every correction that is not over."""
    async with job.database.read(job.organization_id) as session:
        going_on = ScorecardCorrection.status.in_(("preparing", "open"))
        ids = (await session.scalars(select(ScorecardCorrection.id).where(going_on).order_by(ScorecardCorrection.id))).all()
    for correction_id in ids:
        for step in (note_some, correct_some):
            more = True
            while more:
                async with job.database.write(job.organization_id) as session:
                    more = await step(session, correction_id)


async def note_some(session: WriteSession, correction_id: UUID) -> bool:
    """Note the next scorecards, each with what changes there; whether there may be more. Event: `scorecard.correction_noted`."""
    correction = await _locked(session, correction_id)
    if correction.status != "preparing":
        return False
    rest = selected(correction, session.today).where(Scorecard.id > (correction.noted_until_id or UUID(int=0)))
    rows = (await session.execute(rest.limit(CHUNK).with_for_update(of=Scorecard))).all()
    running = await _being_corrected(session, [row.id for row in rows])
    for one in await outcomes(session, correction, rows):
        await _note(session, correction, one, running=one.scorecard_id in running)
    if len(rows) < CHUNK:
        correction.status = "open"
    else:
        correction.noted_until_id = rows[-1].id
    return len(rows) == CHUNK


async def _being_corrected(session: WriteSession, scorecard_ids: Sequence[UUID]) -> set[UUID]:
    pending = select(CorrectionResult.scorecard_id).where(CorrectionResult.status == "pending")
    return set(await session.scalars(pending.where(among(CorrectionResult.scorecard_id, scorecard_ids))))


async def _note(session: WriteSession, correction: ScorecardCorrection, one: Outcome, *, running: bool) -> None:
    made = RUNNING if running and isinstance(one.made, Corrected) and one.made.changes else one.made
    result = CorrectionResult(correction_id=correction.id, scorecard_id=one.scorecard_id, status="pending", changes=[])
    if isinstance(made, Refusal):
        _refuse(result, made)
    else:
        result.changes = made.changes
        result.status = "pending" if made.changes else "unchanged"
    result.decided_at = None if result.status == "pending" else session.now
    session.add(result)
    await session.flush()
    if result.status == "pending":
        facts = {"correction_id": str(correction.id), "objections_until": correction.objections_until.isoformat()}
        await events.record(session, "scorecard.correction_noted", "scorecard", one.scorecard_id, person_id=str(one.person_id), **facts)


async def correct_some(session: WriteSession, correction_id: UUID) -> bool:
    """Correct the next scorecards to which nobody objected in time; whether there may be more."""
    correction = await _locked(session, correction_id)
    if correction.status != "open" or session.today <= correction.objections_until:
        return False
    pending = select(CorrectionResult.scorecard_id).where(
        CorrectionResult.correction_id == correction.id, CorrectionResult.status == "pending"
    )
    ids = (await session.scalars(pending.order_by(CorrectionResult.scorecard_id).limit(CHUNK))).all()
    written: list[UUID] = []
    for card in await _locked_cards(session, ids):
        written += await _correct(session, correction, card)
    if written:
        await storing.record_events(session, "kpi.changed", written)
    if len(ids) < CHUNK:
        correction.status = "done"
        await session.flush()
        await events.record(session, "scorecard.correction_done", "scorecard_correction", correction.id)
    return len(ids) == CHUNK


async def _locked_cards(session: WriteSession, ids: Sequence[UUID]) -> Sequence[Scorecard]:
    cards = select(Scorecard).where(among(Scorecard.id, ids)).order_by(Scorecard.id)
    return (await session.scalars(cards.with_for_update().execution_options(populate_existing=True))).all()


async def _correct(session: WriteSession, correction: ScorecardCorrection, card: Scorecard) -> list[UUID]:
    """Decide one scorecard by the text that is in force now: whoever held it until then may have changed it, or objected."""
    mine = (CorrectionResult.correction_id == correction.id, CorrectionResult.scorecard_id == card.id)
    result = (await session.scalars(select(CorrectionResult).where(*mine).execution_options(populate_existing=True))).one()
    if result.status != "pending":
        return []
    result.decided_at = session.now
    if card.status not in IN_FORCE:
        _refuse(result, NOT_IN_FORCE)
        return []
    ((_, _, made),) = await outcomes(session, correction, [card])
    if isinstance(made, Refusal):
        _refuse(result, made)
        return []
    result.status, result.changes = ("applied" if made.changes else "unchanged"), made.changes
    return await put_in_force(session, correction, card, made.terms) if made.changes else []


def _refuse(result: CorrectionResult, refusal: Refusal) -> None:
    refused: ResultStatus = "refused"
    result.status, result.refused_code, result.refused_message = refused, refusal.code, refusal.message


async def _locked(session: WriteSession, correction_id: UUID) -> ScorecardCorrection:
    mine: Any = select(ScorecardCorrection).where(ScorecardCorrection.id == correction_id)
    found: ScorecardCorrection = (await session.scalars(mine.with_for_update())).one()
    return found
