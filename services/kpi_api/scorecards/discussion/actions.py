"""Saying something about a scorecard, and taking it back.

Both sides and HR comment; whoever sees the scorecard reads it, as they read its history. Events name ids alone, since their readers need
not see the scorecard.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import NotAllowed, NotFound
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.discussion.models import ThreadComment
from kpi_api.scorecards.discussion.problems import CommentRefused
from kpi_api.scorecards.discussion.schemas import NewThreadComment
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard, ScorecardLine

SIDES: Final[tuple[Side, ...]] = ("person", "manager", "hr")


async def comment(viewer: Viewer, session: WriteSession, scorecard_id: UUID, given: NewThreadComment) -> ThreadComment:
    """Say something about a scorecard, a KPI on it, or a comment. Event: `scorecard.commented`.

    Raises NotFound, NotAllowed, CommentRefused.
    """
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    sides = await scorecards.sides(viewer, session, card)
    if not sides:
        raise NotAllowed("Only the person, their manager or HR discusses this scorecard.")
    started = await _replied_to(session, card, given)
    if given.kpi_id is not None:
        await _require_line(session, card, given.kpi_id)
    said = ThreadComment(
        scorecard_id=card.id,
        kpi_id=started.kpi_id if started else given.kpi_id,
        reply_to_id=started.id if started else None,
        author_id=viewer.require_person(),
        side=next(side for side in SIDES if side in sides),
        text=given.text,
        created_at=session.now,
        removed_at=None,
    )
    session.add(said)
    await session.flush()
    await _tell(session, said, "commented")
    return said


async def _replied_to(session: WriteSession, card: Scorecard, given: NewThreadComment) -> ThreadComment | None:
    """The comment that began the thread. Raises CommentRefused."""
    if given.reply_to_id is None:
        return None
    if given.kpi_id is not None:
        raise CommentRefused("A reply is about what it replies to; leave the KPI out.", field="/kpi_id")
    found = await _find(session, card.id, given.reply_to_id)
    if found is None:
        raise CommentRefused("There is no such comment on this scorecard.", field="/reply_to_id")
    return await _find(session, card.id, found.reply_to_id) if found.reply_to_id else found


async def _find(session: WriteSession, scorecard_id: UUID, comment_id: UUID) -> ThreadComment | None:
    found: ThreadComment | None = await session.scalar(
        select(ThreadComment).where(ThreadComment.scorecard_id == scorecard_id, ThreadComment.id == comment_id)
    )
    return found


async def _require_line(session: WriteSession, card: Scorecard, kpi_id: UUID) -> None:
    line = select(ScorecardLine.id).where(ScorecardLine.scorecard_id == card.id, ScorecardLine.kpi_id == kpi_id)
    if await session.scalar(line) is None:
        raise CommentRefused("This KPI is not on the scorecard.", field="/kpi_id")


async def remove(viewer: Viewer, session: WriteSession, scorecard_id: UUID, comment_id: UUID) -> None:
    """Take the text of one's own comment away, or HR anybody's; again changes nothing. Raises NotFound, NotAllowed."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    said = await _find(session, card.id, comment_id)
    if said is None:
        raise NotFound()
    if said.author_id != viewer.person_id and "hr" not in await scorecards.sides(viewer, session, card):
        raise NotAllowed("Only who wrote a comment, or HR, removes it.")
    if said.removed_at is None:
        said.text, said.removed_at = None, session.now
        await session.flush()
        await _tell(session, said, "comment_removed")


async def _tell(session: WriteSession, said: ThreadComment, step: str) -> None:
    await events.record(session, f"scorecard.{step}", "scorecard", said.scorecard_id, comment_id=str(said.id))
