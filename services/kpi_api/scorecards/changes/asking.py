"""A KPI's changed target, or its withdrawal, asks every scorecard that carries it: a pending change on each, which each side answers.

Until both have signed, the scorecard keeps its signed text. The job looks for what differs itself, so it may run twice and misses nothing;
what does not differ any more lapses.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.jobs import Job
from kpi_api.cascade.queries import among
from kpi_api.cycles.models import Cycle
from kpi_api.scorecards.changes.composing import kpi_facts, with_kpi_as_it_stands, without_kpi
from kpi_api.scorecards.changes.following import ask_anew, lapse
from kpi_api.scorecards.changes.models import Kind, ScorecardChange
from kpi_api.scorecards.changes.steps import note_step, tell
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.queries import LineFacts
from kpi_api.scorecards.terms import Document

ASK: Final = "scorecards.ask_for_changes"
BATCH: Final = 200


async def ask_carriers(job: Job) -> None:
    """Ask the scorecards that carry the KPIs of `kpi.changed` and `kpi.withdrawn`, some hundred in a transaction."""
    kpi_ids = [UUID(id_) for id_ in job.payload.get("kpi_ids", ())]
    async with job.database.read(job.organization_id) as session:
        pairs = await _carrying(session, kpi_ids)
    for start in range(0, len(pairs), BATCH):
        async with job.database.write(job.organization_id) as session:
            await _ask(session, pairs[start : start + BATCH])


async def _carrying(session: ReadSession, kpi_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Scorecards in force, with the KPI that they carry, in the order of their ids."""
    statement = (
        select(Scorecard.id, ScorecardLine.kpi_id)
        .join(ScorecardLine, (ScorecardLine.organization_id == Scorecard.organization_id) & (ScorecardLine.scorecard_id == Scorecard.id))
        .where(among(ScorecardLine.kpi_id, kpi_ids), Scorecard.status.in_(("agreed", "active")))
        .where(Scorecard.cycle_id.in_(select(Cycle.id).where(Cycle.status.in_(("planned", "open")))))
        .order_by(Scorecard.id, ScorecardLine.kpi_id)
    )
    return [(card, kpi) for card, kpi in await session.execute(statement)]


async def _ask(session: WriteSession, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """The scorecards as they are now, locked, those that others succeed left out: their days are over."""
    ids = sorted({card for card, _ in pairs})
    successors = select(Scorecard.succeeds_id).where(Scorecard.succeeds_id.is_not(None), among(Scorecard.succeeds_id, ids))
    over = set((await session.scalars(successors)).all())
    locked = select(Scorecard).where(among(Scorecard.id, ids)).order_by(Scorecard.id).with_for_update()
    cards = {card.id: card for card in await session.scalars(locked)}
    facts = await kpi_facts(session, {kpi for _, kpi in pairs})
    asked = await _pending(session, ids)
    for card_id, kpi_id in pairs:
        card = cards[card_id]
        if card.id not in over and card.status in {"agreed", "active"} and card.window_end >= session.today:
            await _ask_one(session, card, facts[kpi_id], asked.get((card_id, kpi_id)))


async def _pending(session: WriteSession, ids: Collection[UUID]) -> Mapping[tuple[UUID, UUID | None], ScorecardChange]:
    found = select(ScorecardChange).where(among(ScorecardChange.scorecard_id, ids), ScorecardChange.status == "pending")
    return {(change.scorecard_id, change.kpi_id): change for change in await session.scalars(found)}


async def _ask_one(session: WriteSession, card: Scorecard, facts: LineFacts, asked: ScorecardChange | None) -> None:
    kind: Kind = "kpi_withdrawn" if facts.kpi.status == "withdrawn" else "kpi_changed"
    told = _told(card.agreement or {"lines": []}, card, facts, kind)
    if asked is None and told:
        await _new(session, card, facts.kpi.id, kind, told)
    elif asked is not None and not told:
        lapse(session, asked)
        await note_step(session, card, "lapse_change", "cascade", "cascade")
    elif asked is not None and (asked.differences, asked.kind) != (told, kind):
        ask_anew(asked)
        asked.differences, asked.kind = told, kind


def _told(signed: Document, card: Scorecard, facts: LineFacts, kind: Kind) -> list[str]:
    """What would be different, as sentences; of a KPI that waits, or that stands alone and was withdrawn, there is nothing to sign."""
    days = (card.window_start, card.window_end)
    if str(facts.kpi.id) not in {line["kpi_id"] for line in signed["lines"]} or facts.kpi.status not in {"active", "withdrawn"}:
        return []
    if kind == "kpi_changed":
        then = {line["kpi_id"]: line for line in signed["lines"]}[str(facts.kpi.id)]
        now = with_kpi_as_it_stands(signed, card.id, days, facts).document
        (line,) = [line for line in now["lines"] if line["kpi_id"] == str(facts.kpi.id)]
        return differences({"lines": [then]}, {"lines": [line]}) if line["parts"] != then["parts"] else []
    rest = without_kpi(signed, card.id, days, facts.kpi.id).document
    return differences(signed, rest | {name: signed[name] for name in ("window_start", "window_end")}) if rest["lines"] else []


async def _new(session: WriteSession, card: Scorecard, kpi_id: UUID, kind: Kind, told: list[str]) -> None:
    change = ScorecardChange(
        id=new_id(),
        scorecard_id=card.id,
        kind=kind,
        status="pending",
        effective_from=max(session.today, card.window_start),
        kpi_id=kpi_id,
        differences=told,
        requested_at=session.now,
    )
    session.add(change)
    await note_step(session, card, "ask_change", "cascade", "cascade", step_id=change.id)
    await tell(session, "scorecard.change_requested", card, change)
