"""The clock's step: an agreed scorecard becomes active on the first day of its window, or at once where that day has come."""

from typing import Final

from sqlalchemy import ColumnElement, select

from chassis import events
from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.cycles.models import Cycle
from kpi_api.scorecards.models import Scorecard, ScorecardHistory

ACTIVATE: Final = "scorecards.activate"
ACTIVATE_SECONDS: Final = 30
BATCH: Final = 200


async def activate_if_begun(session: WriteSession, card: Scorecard) -> None:
    """Make an agreed scorecard active if its window has begun."""
    if card.status != "agreed" or card.window_start > session.today:
        return
    card.status = "active"
    session.add(
        ScorecardHistory(
            scorecard_id=card.id, verb="activate", from_status="agreed", to_status="active", side="clock", actor="clock",
            happened_at=session.now,
        )
    )  # fmt: skip
    await session.flush()
    facts = {"person_id": str(card.person_id), "cycle_id": str(card.cycle_id)}
    await events.record(session, "scorecard.activated", "scorecard", card.id, **facts)


async def activate_begun(job: Job) -> None:
    """Make every agreed scorecard whose window has begun active, some hundred in a transaction."""
    while True:
        async with job.database.write(job.organization_id) as session:
            begun = select(Scorecard).where(_in_an_unclosed_cycle(), Scorecard.status == "agreed", Scorecard.window_start <= session.today)
            cards = (await session.scalars(begun.order_by(Scorecard.id).limit(BATCH).with_for_update(skip_locked=True))).all()
            for card in cards:
                await activate_if_begun(session, card)
        if len(cards) < BATCH:
            return


def _in_an_unclosed_cycle() -> ColumnElement[bool]:
    """Where every agreed scorecard is, since a close leaves none; what keeps the search to this year's."""
    return Scorecard.cycle_id.in_(select(Cycle.id).where(Cycle.status != "closed"))
