"""The history of somebody's scorecards in a cycle as sentences."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.schemas import Story, StoryStep
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory, ScorecardText
from kpi_api.scorecards.terms import Document

WHO: Final = {
    "person": "The person", "manager": "The manager", "hr": "HR", "clock": "The clock", "cascade": "The cascade",
    "cycle": "The cycle's close", "people": "A change of the job", "agreement": "The agreement",
}  # fmt: skip
DID: Final = {
    "open": "opened the scorecard",
    "propose": "proposed it",
    "counter": "answered with another text",
    "agree": "signed it: it is agreed",
    "reject": "sent it back to draft",
    "withdraw": "took the proposal back",
    "force": "imposed it",
    "activate": "made it active: its days have begun",
    "close": "closed it",
    "kpi_withdrawn": "told that a KPI on it was withdrawn",
    "request_change": "asked for a change",
    "ask_change": "asked both sides for a change",
    "sign_change": "signed the change; the other side's answer is awaited",
    "agree_change": "agreed to the change",
    "reject_change": "rejected the change: what was signed stays",
    "withdraw_change": "took the request for a change back",
    "ask_change_anew": "corrected the text, so that both sides are asked anew for the change",
    "correct": "corrected it, and nobody objected in time",
    "object_to_correction": "objected to a correction: what was signed stays",
    "lapse_change": "made a request for a change lapse",
    "succeed": "signed the text that this scorecard carries from now on",
    "split": "ended it because the job changed",
    "end": "ended it with the last day of the employment",
    "extend": "let it go on as it was signed, since the person stays",
}


WRITES: Final = {"proposed": "propose", "countered": "counter"}
"""The verbs by which a side writes a text of its own, by the status they lead to."""


async def story(viewer: Viewer, session: ReadSession, scorecard_id: UUID) -> Story:
    """What happened to the scorecard, and to those before and after it in the cycle, oldest first. Raises NotFound."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    cards = {
        row.id: row
        for row in await session.scalars(
            scorecards.visible(viewer).where(Scorecard.person_id == card.person_id, Scorecard.cycle_id == card.cycle_id)
        )
    }
    changes = (await session.scalars(select(ScorecardChange).where(ScorecardChange.scorecard_id.in_(cards)))).all()
    rows = await _rows(session, list(cards))
    answers = await _answers(session, [step for step, _ in rows])
    return Story(steps=[_step(row, cards, changes, answers) for row in rows])


async def _rows(session: ReadSession, ids: Sequence[UUID]) -> Sequence[Any]:
    same = and_(ScorecardComment.organization_id == ScorecardHistory.organization_id, ScorecardComment.id == ScorecardHistory.id)
    statement = select(ScorecardHistory, ScorecardComment.text).outerjoin(ScorecardComment, same)
    statement = statement.where(ScorecardHistory.scorecard_id.in_(ids))
    return (await session.execute(statement.order_by(ScorecardHistory.happened_at, ScorecardHistory.id))).all()


async def _answers(session: ReadSession, steps: Sequence[ScorecardHistory]) -> dict[UUID, list[str]]:
    """By step, what a proposal or an answer to it says otherwise than the one before, the first than the scorecard as it was opened."""
    kept = select(ScorecardText).where(ScorecardText.scorecard_id.in_({step.scorecard_id for step in steps}))
    texts = (await session.scalars(kept.order_by(ScorecardText.scorecard_id, ScorecardText.version))).all()
    waiting = defaultdict(list)
    for step in steps:
        waiting[step.scorecard_id, step.verb].append(step.id)
    told: dict[UUID, list[str]] = {}
    before: dict[UUID, Document] = {}
    for text in texts:
        of_step = waiting[text.scorecard_id, WRITES.get(text.status, "")]
        former = before.setdefault(text.scorecard_id, text.document)
        if of_step:
            told[of_step.pop(0)] = differences(former, text.document)
            before[text.scorecard_id] = text.document
    return told


def _step(
    row: Any, cards: Mapping[UUID, Scorecard], changes: Sequence[ScorecardChange], answers: Mapping[UUID, list[str]]
) -> StoryStep:
    step, comment = row
    change = _change_of(step, changes)
    return StoryStep(
        scorecard_id=step.scorecard_id,
        happened_at=step.happened_at,
        verb=step.verb,
        side=step.side,
        sentence=_sentence(step, cards[step.scorecard_id], change),
        changes=change.differences if change else answers.get(step.id, []),
        comment=comment,
    )


def _change_of(step: ScorecardHistory, changes: Sequence[ScorecardChange]) -> ScorecardChange | None:
    """The change that a step asks for, or that it decides."""
    asked = (change for change in changes if change.id == step.id)
    decided = (
        change for change in changes
        if step.verb == "agree_change" and change.status == "agreed" and change.decided_at == step.happened_at
    )  # fmt: skip
    return next(asked, None) or next(decided, None)


def _sentence(step: ScorecardHistory, card: Scorecard, change: ScorecardChange | None) -> str:
    did = DID.get(step.verb, step.verb.replace("_", " "))
    told = f"{step.happened_at:%Y-%m-%d}: {WHO.get(step.side, step.side)} {did}"
    if change is not None:
        told += f", from {change.effective_from} on"
    elif step.verb in {"open", "succeed"}:
        told += f", for {card.window_start} to {card.window_end}"
    return told + "."
