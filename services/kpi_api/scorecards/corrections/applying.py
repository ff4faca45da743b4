"""Putting a correction in force on one scorecard: the corrected text replaces the signed one, which is kept, under HR's signature."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from chassis import events
from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.scorecards.changes.following import ask_upon_corrected
from kpi_api.scorecards.corrections.models import ScorecardCorrection
from kpi_api.scorecards.corrections.schemas import VALUES
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory, ScorecardLine, ScorecardSignature
from kpi_api.scorecards.terms import Document, Terms
from kpi_api.scorecards.texts import keep_text, signed_text

CORRECT: Final = "scorecards.correct"


async def put_in_force(session: WriteSession, correction: ScorecardCorrection, card: Scorecard, terms: Terms) -> list[UUID]:
    """Replace the agreement of a locked scorecard; gives the KPIs whose targets were written. Event: `scorecard.corrected`."""
    if card.agreement is None or card.agreement_digest is None:
        raise TypeError("only what is agreed is corrected")
    if await signed_text(session, card.id, card.agreement_digest) is None:
        await keep_text(session, card, Terms(card.agreement, card.agreement_digest))
    former, card.agreement, card.agreement_digest = card.agreement, terms.document, terms.digest
    card.imposed_by_correction_id = correction.id
    await session.flush()
    written = await _write_lines(session, card, former, terms.document)
    await _note(session, correction, card, terms)
    await keep_text(session, card, terms)
    await ask_upon_corrected(session, card)
    facts = {"person_id": str(card.person_id), "cycle_id": str(card.cycle_id), "correction_id": str(correction.id)}
    await events.record(session, "scorecard.corrected", "scorecard", card.id, **facts)
    return written


async def _write_lines(session: WriteSession, card: Scorecard, before: Document, after: Document) -> list[UUID]:
    """Give lines their weights and the person's own KPIs their figures; ids of those KPIs."""
    written: list[UUID] = []
    for then, now in zip(before["lines"], after["lines"], strict=True):
        kpi_id = UUID(now["kpi_id"])
        if then.get("weight") != now.get("weight"):
            mine = (ScorecardLine.organization_id == card.organization_id, ScorecardLine.scorecard_id == card.id)
            await session.execute(update(ScorecardLine).where(*mine, ScorecardLine.kpi_id == kpi_id).values(weight=Decimal(now["weight"])))
        if then["parts"] != now["parts"]:
            await _write_targets(session, kpi_id, then["parts"], now["parts"])
            written.append(kpi_id)
    return written


async def _write_targets(session: WriteSession, kpi_id: UUID, before: Sequence[Document], after: Sequence[Document]) -> None:
    for then, now in zip(before, after, strict=True):
        figures: dict[str, Any] = {name: Decimal(now[name]) for name in VALUES if name in now and now[name] != then.get(name)}
        if figures:
            mine = (KpiTarget.organization_id == session.organization_id, KpiTarget.kpi_id == kpi_id, KpiTarget.part == now["part"])
            await session.execute(update(KpiTarget).where(*mine).values(**figures))
    changed = update(Kpi).where(Kpi.organization_id == session.organization_id, Kpi.id == kpi_id)
    await session.execute(changed.values(version=Kpi.version + 1).execution_options(synchronize_session=False))


async def _note(session: WriteSession, correction: ScorecardCorrection, card: Scorecard, terms: Terms) -> None:
    """HR's signature and the step in the history, with the reason."""
    signer = correction.ordered_by_id
    session.add(ScorecardSignature(scorecard_id=card.id, side="hr", signer_id=signer, signed_at=session.now, digest=terms.digest))
    step = ScorecardHistory(
        id=new_id(), scorecard_id=card.id, verb="correct", from_status=card.status, to_status=card.status, side="hr",
        actor=str(signer), happened_at=session.now,
    )  # fmt: skip
    session.add(step)
    await session.flush()
    session.add(ScorecardComment(id=step.id, scorecard_id=card.id, text=correction.reason))
    await session.flush()
