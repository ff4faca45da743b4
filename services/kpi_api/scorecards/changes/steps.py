"""Writing what happened to a scorecard through a change into its history, and telling others."""

from uuid import UUID

from chassis import events
from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.lifecycle import Status
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory


async def note_step(
    session: WriteSession,
    card: Scorecard,
    verb: str,
    side: str,
    actor: str,
    comment: str | None = None,
    *,
    step_id: UUID | None = None,
    begins: Status | None = None,
) -> None:
    """A step that leads to the scorecard's present status, from the same one unless said."""
    step = ScorecardHistory(
        id=step_id or new_id(), scorecard_id=card.id, verb=verb, from_status=begins or card.status, to_status=card.status, side=side,
        actor=actor, happened_at=session.now,
    )  # fmt: skip
    session.add(step)
    await session.flush()
    if comment is not None:
        session.add(ScorecardComment(id=step.id, scorecard_id=card.id, text=comment))
        await session.flush()


async def tell(session: WriteSession, type_: str, card: Scorecard, change: ScorecardChange) -> None:
    """An event of the scorecard asked."""
    facts = {"person_id": card.person_id, "cycle_id": card.cycle_id, "change_id": change.id, "result_id": change.result_id}
    told = {name: str(value) for name, value in facts.items() if value is not None}
    await events.record(session, type_, "scorecard", card.id, kind=change.kind, effective_from=change.effective_from.isoformat(), **told)
