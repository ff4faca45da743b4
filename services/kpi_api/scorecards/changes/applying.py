"""Putting an agreed text in force.

The present scorecard ends on the day before and another one of the same person succeeds it, so that each text holds for its own days:
scores and pay take both, each by its days. A text that holds from the first day replaces the present one, which is kept with the change.
"""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete

from chassis.access import Viewer
from chassis.database import WriteSession
from kpi_api.scorecards.actions import absent_manager
from kpi_api.scorecards.activation import activate_if_begun
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.steps import note_step
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard, ScorecardLine, ScorecardSignature
from kpi_api.scorecards.terms import Terms

ONE_DAY = timedelta(days=1)


async def put_in_force(
    viewer: Viewer, session: WriteSession, card: Scorecard, change: ScorecardChange, terms: Terms, side: Side, comment: str | None
) -> Scorecard:
    """The scorecard that carries the agreed text from its day on; both sides have signed it."""
    if change.effective_from == card.window_start:
        change.former = card.agreement
        result = card
    else:
        last_day = card.window_end
        card.window_end = change.effective_from - ONE_DAY
        await session.flush()
        result = _successor(session, card, UUID(terms.document["scorecard_id"]), last_day)
        session.add(result)
    result.agreement, result.agreement_digest, result.agreed_at, result.imposed = terms.document, terms.digest, session.now, False
    await session.flush()
    await _write_lines(session, result, terms)
    await _sign(viewer, session, result, change, side, terms)
    change.result_id, change.status, change.decided_at = result.id, "agreed", session.now
    await note_step(session, card, "agree_change", side, viewer.subject, comment)
    if result is not card:
        await note_step(session, result, "succeed", side, viewer.subject)
        await activate_if_begun(session, result)
    return result


def _successor(session: WriteSession, card: Scorecard, id_: UUID, last_day: date) -> Scorecard:
    return Scorecard(
        id=id_,
        person_id=card.person_id,
        cycle_id=card.cycle_id,
        template_id=card.template_id,
        template_number=card.template_number,
        succeeds_id=card.id,
        status="agreed",
        written_by_side=card.written_by_side,
        window_start=card.window_end + ONE_DAY,
        window_end=last_day,
        created_at=session.now,
    )


async def _write_lines(session: WriteSession, card: Scorecard, terms: Terms) -> None:
    mine = (ScorecardLine.organization_id == card.organization_id) & (ScorecardLine.scorecard_id == card.id)
    await session.execute(delete(ScorecardLine).where(mine))
    session.add_all(
        ScorecardLine(
            scorecard_id=card.id, kpi_id=UUID(line["kpi_id"]), weight=Decimal(line["weight"]), component=line["component"],
            position=line["line"],
        )
        for line in terms.document["lines"]
    )  # fmt: skip
    await session.flush()


async def _sign(viewer: Viewer, session: WriteSession, card: Scorecard, change: ScorecardChange, side: Side, terms: Terms) -> None:
    """Both signatures, the first with its own day."""
    first = (change.side, change.signer_id, change.on_behalf_of_id, change.signed_at)
    second = (side, viewer.require_person(), await absent_manager(viewer, session, card, side), session.now)
    for whose, signer, absent, day in (first, second):
        session.add(
            ScorecardSignature(
                scorecard_id=card.id, side=whose, signer_id=signer, on_behalf_of_id=absent, signed_at=day, digest=terms.digest
            )
        )
