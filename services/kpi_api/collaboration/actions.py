"""What those who carry a KPI together do besides agreeing: propose other terms and answer, comment, record their parts, look back.

Of two answers to one proposal the second finds the first.
"""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import etag
from chassis.identifiers import new_id
from chassis.problems import NotAllowed, NotFound
from kpi_api.cascade import actions as cascade
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.withdrawing import CLOSED, in_closed_cycles
from kpi_api.collaboration import queries
from kpi_api.collaboration.models import KpiComment, KpiPartRecord, KpiProposal, KpiRetrospective, KpiUnnamed, ProposalStatus
from kpi_api.collaboration.problems import CycleClosed, ProposalAnswered, TooEarly
from kpi_api.collaboration.schemas import CommentInput, PartRecordInput, ProposalInput, RetrospectiveInput
from kpi_api.collaboration.steps import locked, taking_part, tell
from kpi_api.dictionary.target_schemas import Target

Answer = Literal["take", "decline", "withdraw"]
ANSWERED: dict[Answer, ProposalStatus] = {"take": "taken", "decline": "declined", "withdraw": "withdrawn"}


async def propose(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: ProposalInput) -> KpiProposal:
    """Say which terms one would like instead. Raises NotFound, NotCollaborative, NotYourVoice."""
    await taking_part(viewer, session, kpi_id)
    targets = [target.model_dump(mode="json", exclude_none=True) for target in given.targets] if given.targets else None
    made = KpiProposal(
        kpi_id=kpi_id, author_id=viewer.require_person(), text=given.text, targets=targets, status="open", reply=None,
        created_at=session.now, answered_at=None, answered_by_id=None,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await tell(session, "kpi.discussed", kpi_id, step="proposed", proposal_id=str(made.id))
    return made


async def answer(viewer: Viewer, session: WriteSession, kpi_id: UUID, proposal_id: UUID, given: Answer, reply: str | None) -> None:
    """Take a proposal, which gives the KPI its targets and asks everybody anew; decline it; or withdraw one's own.

    Raises NotFound, NotCollaborative, NotAllowed, ProposalAnswered, CycleClosed, KpiRefused.
    """
    kpi = await locked(viewer, session, kpi_id)
    proposal = await session.scalar(select(KpiProposal).where(KpiProposal.kpi_id == kpi_id, KpiProposal.id == proposal_id))
    if proposal is None:
        raise NotFound()
    if given == "withdraw" and proposal.author_id != viewer.require_person():
        raise NotAllowed("Only who made a proposal withdraws it.")
    if given != "withdraw":
        await cascade.require_changeable(viewer, session, kpi_id)
    if proposal.status != "open":
        raise ProposalAnswered(f"It is {proposal.status}.", present=proposal.status)
    if given == "take" and proposal.targets and await in_closed_cycles(session, [kpi_id]):
        raise CycleClosed(CLOSED)
    proposal.status, proposal.reply = ANSWERED[given], reply
    proposal.answered_at, proposal.answered_by_id = session.now, viewer.require_person()
    await session.flush()
    if given == "take" and proposal.targets:
        await cascade.change_targets(viewer, session, kpi_id, [Target.model_validate(target) for target in proposal.targets], etag(kpi))
    await tell(session, "kpi.discussed", kpi_id, step=proposal.status, proposal_id=str(proposal_id))


async def comment(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: CommentInput) -> KpiComment:
    """Say something about the KPI or one of its proposals. Raises NotFound, NotCollaborative, NotYourVoice."""
    await taking_part(viewer, session, kpi_id)
    if given.proposal_id is not None:
        about = select(KpiProposal.id).where(KpiProposal.kpi_id == kpi_id, KpiProposal.id == given.proposal_id)
        if await session.scalar(about) is None:
            raise NotFound()
    said = KpiComment(
        kpi_id=kpi_id, proposal_id=given.proposal_id, author_id=viewer.require_person(), text=given.text, created_at=session.now
    )
    session.add(said)
    await session.flush()
    await tell(session, "kpi.discussed", kpi_id, step="commented", comment_id=str(said.id))
    return said


async def record_part(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: PartRecordInput) -> KpiPartRecord:
    """Record what a stakeholder brought: themselves, somebody of their unit, or whoever leads the KPI.

    Raises NotFound, NotCollaborative, NotYourVoice.
    """
    await taking_part(viewer, session, kpi_id)
    whose = (KpiStakeholder.kpi_id == kpi_id, KpiStakeholder.id == given.stakeholder_id, KpiStakeholder.left_at.is_(None))
    if await session.scalar(select(KpiStakeholder.id).where(*whose)) is None:
        raise NotFound()
    row = KpiPartRecord(kpi_id=kpi_id, recorded_by_id=viewer.require_person(), recorded_at=session.now, **given.model_dump())
    session.add(row)
    await session.flush()
    await tell(session, "kpi.part_recorded", kpi_id, stakeholder_id=str(given.stakeholder_id))
    return row


async def choose_naming(viewer: Viewer, session: WriteSession, kpi_id: UUID, *, named: bool) -> None:
    """Say whether one is named when the KPI is celebrated, before or after. Raises NotFound, NotCollaborative, NotYourVoice."""
    await taking_part(viewer, session, kpi_id)
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
    kpi = await taking_part(viewer, session, kpi_id)
    await require_over(session, kpi)
    values: dict[str, Any] = {**given.model_dump(), "written_at": session.now}
    keys = {"organization_id": viewer.organization_id, "kpi_id": kpi_id, "author_id": viewer.require_person()}
    statement = insert(KpiRetrospective).values(id=new_id(), **keys, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values))
    await tell(session, "kpi.looked_back_on", kpi_id)


async def require_over(session: ReadSession, kpi: Kpi) -> None:
    """Raises TooEarly."""
    if kpi.status == "waiting" or (kpi.window_end >= session.today and await queries.celebration(session, kpi.id) is None):
        raise TooEarly("One looks back when the target is reached or the window is over.")
