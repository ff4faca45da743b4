"""Reminding whoever an answer is awaited from: an event once per step and interval, however often the job runs."""

from typing import Final

from sqlalchemy import cast, select, update
from sqlalchemy.types import BigInteger

from chassis import events
from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.reminders.waiting import is_late, reminder_days, reminders_due

REMIND: Final = "scorecards.remind"
REMIND_SECONDS: Final = 3600
BATCH: Final = 200


async def remind(job: Job) -> None:
    """Record `scorecard.reminder_due` for every scorecard whose next interval is over; after a pause of the worker one, not several."""
    while True:
        async with job.database.write(job.organization_id) as session:
            cards = await _count_reminders(session)
            for card in cards:
                await _tell(session, card)
        if len(cards) < BATCH:
            return


async def _count_reminders(session: WriteSession) -> list[Scorecard]:
    """The next scorecards that are due, with the reminder counted. Their ETag stays: nothing of what is agreed changed."""
    days = await reminder_days(session)
    due = cast(reminders_due(session.now, days), BigInteger)
    late = (Scorecard.organization_id == session.organization_id, is_late(session.now, days), Scorecard.reminders_sent < due)
    some = select(Scorecard.id).where(*late).order_by(Scorecard.id).limit(BATCH).with_for_update(skip_locked=True)
    counted = update(Scorecard).where(Scorecard.organization_id == session.organization_id, Scorecard.id.in_(some))
    return list(await session.scalars(counted.values(reminders_sent=due).returning(Scorecard).execution_options(synchronize_session=False)))


async def _tell(session: WriteSession, card: Scorecard) -> None:
    facts = {"person_id": str(card.person_id), "cycle_id": str(card.cycle_id), "side": card.waiting_for, "reminder": card.reminders_sent}
    since = card.waiting_since.isoformat() if card.waiting_since else None
    await events.record(session, "scorecard.reminder_due", "scorecard", card.id, **facts, waiting_since=since)
