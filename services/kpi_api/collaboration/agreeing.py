"""Agreeing to the terms of a KPI that several carry together, and taking that back before its window begins.

Each step locks the KPI, so that nobody agrees to terms that another is changing.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.models import Kpi
from kpi_api.collaboration import queries
from kpi_api.collaboration.models import KpiAgreement, KpiAgreementTakenBack
from kpi_api.collaboration.problems import NotYourVoice, TermsChanged, WindowBegun
from kpi_api.collaboration.steps import locked, tell
from kpi_api.collaboration.terms import Terms, differences


async def agree(viewer: Viewer, session: WriteSession, kpi_id: UUID, digest: str) -> None:
    """Agree to the terms with this digest, for oneself and the units one heads; again changes nothing.

    Raises NotFound, NotCollaborative, NotYourVoice, TermsChanged. Event: `kpi.terms_agreed`.
    """
    kpi = await locked(viewer, session, kpi_id)
    voices = await require_voice(viewer, session, kpi_id)
    terms = await require_present(session, kpi, digest)
    signed = {agreement.stakeholder_id for agreement in await _standing(session, voices, digest)}
    for voice in voices:
        if voice not in signed:
            await _sign(viewer, session, kpi_id, voice, terms)


async def _sign(viewer: Viewer, session: WriteSession, kpi_id: UUID, voice: UUID, terms: Terms) -> None:
    session.add(
        KpiAgreement(
            kpi_id=kpi_id, stakeholder_id=voice, signer_id=viewer.require_person(), digest=terms.digest, terms=terms.document,
            agreed_at=session.now,
        )
    )  # fmt: skip
    await session.flush()
    await tell(session, "kpi.terms_agreed", kpi_id, stakeholder_id=str(voice), digest=terms.digest)


async def take_back(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> None:
    """Take back what one agreed to for oneself and the units one heads; again changes nothing. That one had agreed stays readable.

    Raises NotFound, NotCollaborative, NotYourVoice, WindowBegun. Event: `kpi.agreement_taken_back`.
    """
    kpi = await locked(viewer, session, kpi_id)
    voices = await require_voice(viewer, session, kpi_id)
    require_not_begun(session, kpi)
    present = await queries.present_terms(session, kpi)
    for agreement in await _standing(session, voices, present.digest):
        session.add(KpiAgreementTakenBack(agreement_id=agreement.id, taken_back_by_id=viewer.require_person(), taken_back_at=session.now))
        await session.flush()
        await tell(session, "kpi.agreement_taken_back", kpi_id, stakeholder_id=str(agreement.stakeholder_id), digest=agreement.digest)


async def _standing(session: ReadSession, voices: Sequence[UUID], digest: str) -> Sequence[KpiAgreement]:
    """What was agreed to these terms for these stakeholders and not taken back."""
    statement = queries.standing_agreements().where(KpiAgreement.stakeholder_id.in_(voices), KpiAgreement.digest == digest)
    return (await session.scalars(statement.order_by(KpiAgreement.id))).all()


def require_not_begun(session: ReadSession, kpi: Kpi) -> None:
    """Raises WindowBegun."""
    if kpi.status != "waiting" and kpi.window_start <= session.today:
        raise WindowBegun(f"The window began on {kpi.window_start}; propose other terms instead.")


async def require_voice(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[UUID]:
    """Raises NotYourVoice."""
    voices = await queries.spoken_for(viewer, session, kpi_id)
    if not voices:
        raise NotYourVoice("Only a stakeholder agrees: the person, or the head of the unit.")
    return voices


async def require_present(session: ReadSession, kpi: Kpi, digest: str) -> Terms:
    """Raises TermsChanged, with what is different where anybody agreed to the terms that were read."""
    terms = await queries.present_terms(session, kpi)
    if terms.digest != digest:
        seen = await session.scalar(select(KpiAgreement.terms).where(KpiAgreement.kpi_id == kpi.id, KpiAgreement.digest == digest).limit(1))
        changes = differences(seen, terms.document) if seen else []
        raise TermsChanged(_told(changes), digest=terms.digest, changes=changes)
    return terms


def _told(changes: Sequence[str]) -> str:
    return "Read the present terms, then decide." + (f" Different now: {'; '.join(changes)}." if changes else "")
