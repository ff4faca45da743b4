"""Reads of signed texts. Whoever sees a scorecard reads what was signed on it, and by whom."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.documents import digest as digest_of
from chassis.problems import NotFound
from kpi_api.scorecards import queries
from kpi_api.scorecards.agreement.problems import NotAgreed
from kpi_api.scorecards.agreement.schemas import AgreementOutput
from kpi_api.scorecards.models import Scorecard, ScorecardSignature
from kpi_api.scorecards.schemas import SignatureOutput
from kpi_api.scorecards.terms import Document
from kpi_api.scorecards.texts import signed_text

BOTH = {"person", "manager"}


async def agreement(viewer: Viewer, session: ReadSession, scorecard_id: UUID, digest: str | None = None) -> AgreementOutput:
    """The agreement, or the text with a digest that was signed on this scorecard at any time, with its digest computed anew.

    Raises NotFound (also for a digest that nobody signed here), NotAgreed.
    """
    card = await queries.scorecard(viewer, session, scorecard_id)
    if digest is None and card.agreement_digest is None:
        raise NotAgreed("Both sides sign first; then it can be read here.")
    digest = digest or card.agreement_digest or ""
    signed = await _signatures(session, card.id, digest)
    document = await _document(session, card, digest) if signed else None
    if document is None:
        raise NotFound()
    return _shown(card, document, digest, signed)


async def _document(session: ReadSession, card: Scorecard, digest: str) -> Document | None:
    return card.agreement if digest == card.agreement_digest else await signed_text(session, card.id, digest)


async def _signatures(session: ReadSession, scorecard_id: UUID, digest: str) -> list[ScorecardSignature]:
    signed = ScorecardSignature.digest == digest
    mine = select(ScorecardSignature).where(ScorecardSignature.scorecard_id == scorecard_id, signed)
    return list(await session.scalars(mine.order_by(ScorecardSignature.id)))


def _shown(card: Scorecard, document: Document, digest: str, signed: list[ScorecardSignature]) -> AgreementOutput:
    recomputed, sides = digest_of(document), {signature.side for signature in signed}
    return AgreementOutput(
        scorecard_id=card.id,
        document=document,
        digest=digest,
        recomputed_digest=recomputed,
        verified=recomputed == digest and (sides >= BOTH or "hr" in sides),
        present=digest == card.agreement_digest,
        imposed="hr" in sides,
        signatures=[SignatureOutput.model_validate(signature) for signature in signed],
    )
