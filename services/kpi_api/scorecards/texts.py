"""Texts of a scorecard as they stood: kept with each step, so that who comes late is told what changed, and what was signed can be read."""

from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.problems import PreconditionFailed
from kpi_api.scorecards import queries
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.lifecycle import Status
from kpi_api.scorecards.models import Scorecard, ScorecardText
from kpi_api.scorecards.problems import ScorecardChanged
from kpi_api.scorecards.terms import Document, Terms


async def keep_text(session: WriteSession, card: Scorecard, terms: Terms) -> None:
    """Keep what a scorecard says in its present state, which was flushed."""
    kept = ScorecardText(scorecard_id=card.id, version=card.version, status=card.status, digest=terms.digest, document=terms.document)
    session.add(kept)
    await session.flush()


async def keep_before_change(session: WriteSession, card: Scorecard) -> None:
    """Keep the text with which a scorecard was opened, before other lines replace it; later ones are kept by their steps."""
    if await session.scalar(select(ScorecardText.id).where(ScorecardText.scorecard_id == card.id).limit(1)) is None:
        await keep_text(session, card, await queries.present_terms(session, card))


async def require_current(session: ReadSession, card: Scorecard, if_match: str | None) -> None:
    """Raises PreconditionRequired, ScorecardChanged with what changed since the state that the caller has read."""
    try:
        require_match(if_match, card)
    except PreconditionFailed as failed:
        changes = await changes_since(session, card, if_match or "")
        told = " ".join(["It was changed since you read it.", *changes, "Read it again, then decide."])
        raise ScorecardChanged(told, changes=changes, **failed.facts) from None


async def changes_since(session: ReadSession, card: Scorecard, if_match: str) -> list[str]:
    """What is different since the state that an ETag names, as sentences; of an ETag that names none, only how it stands now."""
    then = await _state(session, card.id, if_match.split(",")[0].strip().strip('"'))
    now = (await queries.present_terms(session, card)).document
    status, document = then or (None, now)
    told = [f"It is {card.status.replace('_', ' ')} now."] if status != card.status else []
    return told + differences(document, now)


async def _state(session: ReadSession, scorecard_id: UUID, version: str) -> tuple[Status, Document] | None:
    """Status and text of a version: the last that was kept until then, else the draft as which it was opened, which the first one says."""
    if not (version.isascii() and version.isdigit() and len(version) < 19):
        return None
    kept = select(ScorecardText).where(ScorecardText.scorecard_id == scorecard_id)
    until = kept.where(ScorecardText.version <= int(version)).order_by(ScorecardText.version.desc())
    if found := await session.scalar(until.limit(1)):
        return found.status, found.document
    first = await session.scalar(kept.order_by(ScorecardText.version).limit(1))
    return ("draft", first.document) if first else None


async def signed_text(session: ReadSession, scorecard_id: UUID, digest: str) -> Document | None:
    """The text with a digest, as it was signed; null where none was kept."""
    kept = select(ScorecardText.document).where(ScorecardText.scorecard_id == scorecard_id, ScorecardText.digest == digest)
    found: Document | None = await session.scalar(kept.limit(1))
    return found
