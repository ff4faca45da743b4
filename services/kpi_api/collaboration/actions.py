"""What those who carry a KPI together do: agree to its terms, propose others and answer, comment, record their parts, divide the credit.

Each step locks the KPI, so that nobody agrees to terms that another is changing; of two answers to one proposal the second finds the first.
"""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import etag
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotAllowed, NotFound
from kpi_api.cascade import actions as cascade
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.collaboration import queries
from kpi_api.collaboration.models import KpiAgreement, KpiComment, KpiPartRecord, KpiProposal, KpiRetrospective, KpiUnnamed, ProposalStatus
from kpi_api.collaboration.problems import NotYourVoice, ProposalAnswered, SharesRefused, TermsChanged, TooEarly
from kpi_api.collaboration.schemas import CommentInput, PartRecordInput, ProposalInput, RetrospectiveInput, Share
from kpi_api.collaboration.terms import Terms, differences
from kpi_api.dictionary.target_schemas import Target
from kpi_api.measurements.measurable import may_record

Answer = Literal["take", "decline", "withdraw"]
ANSWERED: dict[Answer, ProposalStatus] = {"take": "taken", "decline": "declined", "withdraw": "withdrawn"}
FULL_CREDIT = 100


async def agree(viewer: Viewer, session: WriteSession, kpi_id: UUID, digest: str) -> None:
    """Agree to the terms with this digest, for oneself and the units one heads; again changes nothing.

    Raises NotFound, NotCollaborative, NotYourVoice, TermsChanged.
    """
    kpi = await _locked(viewer, session, kpi_id)
    voices = await require_voice(viewer, session, kpi_id)
    terms = await _require_present(session, kpi, digest)
    signer = viewer.require_person()
    same = {"kpi_id": kpi_id, "signer_id": signer, "digest": digest, "terms": terms.document, "agreed_at": session.now}
    rows = [{"organization_id": viewer.organization_id, "id": new_id(), "stakeholder_id": voice, **same} for voice in voices]
    statement = insert(KpiAgreement).values(rows).on_conflict_do_nothing().returning(KpiAgreement.stakeholder_id)
    for stakeholder_id in (await session.scalars(statement)).all():
        await _tell(session, "kpi.terms_agreed", kpi_id, stakeholder_id=str(stakeholder_id), digest=digest)


async def _require_present(session: WriteSession, kpi: Kpi, digest: str) -> Terms:
    """Raises TermsChanged, with what is different where anybody agreed to the terms that were read."""
    terms = await queries.present_terms(session, kpi)
    if terms.digest != digest:
        seen = await session.scalar(select(KpiAgreement.terms).where(KpiAgreement.kpi_id == kpi.id, KpiAgreement.digest == digest).limit(1))
        changes = differences(seen, terms.document) if seen else []
        raise TermsChanged(_told(changes), digest=terms.digest, changes=changes)
    return terms


def _told(changes: Sequence[str]) -> str:
    return "Read the present terms, then decide." + (f" Different now: {'; '.join(changes)}." if changes else "")


async def require_voice(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[UUID]:
    """Raises NotYourVoice."""
    voices = await queries.spoken_for(viewer, session, kpi_id)
    if not voices:
        raise NotYourVoice("Only a stakeholder agrees: the person, or the head of the unit.")
    return voices


async def require_carrier(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> None:
    """Whoever carries the KPI together with others or may change it shapes it, too. Raises NotYourVoice."""
    if await session.scalar(select(Kpi.id).where(Kpi.id == kpi_id, may_record(viewer))) is None:
        raise NotYourVoice("Only those who carry this KPI together, and whoever leads it, take part.")


async def propose(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: ProposalInput) -> KpiProposal:
    """Say which terms one would like instead. Raises NotFound, NotCollaborative, NotYourVoice."""
    await _taking_part(viewer, session, kpi_id)
    targets = [target.model_dump(mode="json", exclude_none=True) for target in given.targets] if given.targets else None
    made = KpiProposal(
        kpi_id=kpi_id, author_id=viewer.require_person(), text=given.text, targets=targets, status="open", reply=None,
        created_at=session.now, answered_at=None, answered_by_id=None,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await _tell(session, "kpi.discussed", kpi_id, step="proposed", proposal_id=str(made.id))
    return made


async def answer(viewer: Viewer, session: WriteSession, kpi_id: UUID, proposal_id: UUID, given: Answer, reply: str | None) -> None:
    """Take a proposal, which gives the KPI its targets and asks everybody anew; decline it; or withdraw one's own.

    Raises NotFound, NotCollaborative, NotAllowed, ProposalAnswered, KpiRefused.
    """
    kpi = await _locked(viewer, session, kpi_id)
    proposal = await session.scalar(select(KpiProposal).where(KpiProposal.kpi_id == kpi_id, KpiProposal.id == proposal_id))
    if proposal is None:
        raise NotFound()
    if given == "withdraw" and proposal.author_id != viewer.require_person():
        raise NotAllowed("Only who made a proposal withdraws it.")
    if given != "withdraw":
        await cascade.require_changeable(viewer, session, kpi_id)
    if proposal.status != "open":
        raise ProposalAnswered(f"It is {proposal.status}.", present=proposal.status)
    proposal.status, proposal.reply = ANSWERED[given], reply
    proposal.answered_at, proposal.answered_by_id = session.now, viewer.require_person()
    await session.flush()
    if given == "take" and proposal.targets:
        await cascade.change_targets(viewer, session, kpi_id, [Target.model_validate(target) for target in proposal.targets], etag(kpi))
    await _tell(session, "kpi.discussed", kpi_id, step=proposal.status, proposal_id=str(proposal_id))


async def comment(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: CommentInput) -> KpiComment:
    """Say something about the KPI or one of its proposals. Raises NotFound, NotCollaborative, NotYourVoice."""
    await _taking_part(viewer, session, kpi_id)
    if given.proposal_id is not None:
        about = select(KpiProposal.id).where(KpiProposal.kpi_id == kpi_id, KpiProposal.id == given.proposal_id)
        if await session.scalar(about) is None:
            raise NotFound()
    said = KpiComment(
        kpi_id=kpi_id, proposal_id=given.proposal_id, author_id=viewer.require_person(), text=given.text, created_at=session.now
    )
    session.add(said)
    await session.flush()
    await _tell(session, "kpi.discussed", kpi_id, step="commented", comment_id=str(said.id))
    return said


async def record_part(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: PartRecordInput) -> KpiPartRecord:
    """Record what a stakeholder brought: themselves, somebody of their unit, or whoever leads the KPI.

    Raises NotFound, NotCollaborative, NotYourVoice.
    """
    await _taking_part(viewer, session, kpi_id)
    whose = select(KpiStakeholder.id).where(KpiStakeholder.kpi_id == kpi_id, KpiStakeholder.id == given.stakeholder_id)
    if await session.scalar(whose) is None:
        raise NotFound()
    row = KpiPartRecord(kpi_id=kpi_id, recorded_by_id=viewer.require_person(), recorded_at=session.now, **given.model_dump())
    session.add(row)
    await session.flush()
    await _tell(session, "kpi.part_recorded", kpi_id, stakeholder_id=str(given.stakeholder_id))
    return row


async def divide_credit(viewer: Viewer, session: WriteSession, kpi_id: UUID, shares: Sequence[Share], digest: str) -> None:
    """Say how a plan that divides a sum divides it, or with no shares that everybody carries the whole. Asks everybody anew.

    `digest` is that of the terms that were read. Raises NotFound, NotCollaborative, NotAllowed, TermsChanged, SharesRefused.
    """
    kpi = await _locked(viewer, session, kpi_id)
    await cascade.require_changeable(viewer, session, kpi_id)
    await _require_present(session, kpi, digest)
    rows = (await session.scalars(select(KpiStakeholder).where(KpiStakeholder.kpi_id == kpi_id))).all()
    given = {share.stakeholder_id: share.share for share in shares}
    errors = list(_share_errors(shares, {row.id for row in rows}))
    if errors:
        raise SharesRefused(errors[0].message, errors=errors)
    for row in rows:
        row.credit_share = given.get(row.id)
    await session.flush()
    await _tell(session, "kpi.changed", kpi_id)


def _share_errors(shares: Sequence[Share], stakeholders: set[UUID]) -> list[FieldError]:
    ids = [share.stakeholder_id for share in shares]
    unknown = "This is no stakeholder of the KPI, or named twice."
    errors = [
        FieldError(field=f"/shares/{number}/stakeholder_id", code="unknown_stakeholder", message=unknown)
        for number, id_ in enumerate(ids)
        if id_ not in stakeholders or ids.index(id_) < number
    ]
    if shares and not errors and len(ids) < len(stakeholders):
        message = f"{len(stakeholders) - len(ids)} of {len(stakeholders)} stakeholders have no share; give each one, or nobody."
        errors.append(FieldError(field="/shares", code="stakeholder_missing", message=message))
    total = sum(share.share for share in shares)
    if shares and not errors and total != FULL_CREDIT:
        errors.append(FieldError(field="/shares", code="shares_total", message=f"The shares total {total:.2f}; they must total 100.00."))
    return errors


async def choose_naming(viewer: Viewer, session: WriteSession, kpi_id: UUID, *, named: bool) -> None:
    """Say whether one is named when the KPI is celebrated, before or after. Raises NotFound, NotCollaborative, NotYourVoice."""
    await _taking_part(viewer, session, kpi_id)
    mine = {"organization_id": viewer.organization_id, "kpi_id": kpi_id, "person_id": viewer.require_person()}
    if named:
        own = (KpiUnnamed.organization_id == viewer.organization_id, KpiUnnamed.kpi_id == kpi_id, KpiUnnamed.person_id == mine["person_id"])
        await session.execute(delete(KpiUnnamed).where(*own))
    else:
        await session.execute(insert(KpiUnnamed).values(id=new_id(), **mine).on_conflict_do_nothing())


async def look_back(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: RetrospectiveInput) -> None:
    """Keep what one learned, once the KPI is reached or its window over; again replaces one's own.

    Raises NotFound, NotCollaborative, NotYourVoice, TooEarly.
    """
    kpi = await _taking_part(viewer, session, kpi_id)
    await require_over(session, kpi)
    values: dict[str, Any] = {**given.model_dump(), "written_at": session.now}
    keys = {"organization_id": viewer.organization_id, "kpi_id": kpi_id, "author_id": viewer.require_person()}
    statement = insert(KpiRetrospective).values(id=new_id(), **keys, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values))
    await _tell(session, "kpi.looked_back_on", kpi_id)


async def require_over(session: ReadSession, kpi: Kpi) -> None:
    """Raises TooEarly."""
    if kpi.status == "waiting" or (kpi.window_end >= session.today and await queries.celebration(session, kpi.id) is None):
        raise TooEarly("One looks back when the target is reached or the window is over.")


async def _locked(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """Raises NotFound, NotCollaborative."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    await session.refresh(kpi, with_for_update=True)
    return kpi


async def _taking_part(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """Raises NotFound, NotCollaborative, NotYourVoice."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    await require_carrier(viewer, session, kpi_id)
    return kpi


async def _tell(session: WriteSession, type_: str, kpi_id: UUID, **facts: Any) -> None:
    await events.record(session, type_, "kpi", kpi_id, **facts)
