"""REST doors of collaboration. Each step answers with the whole, as it stands then."""

from uuid import UUID

from fastapi import APIRouter

from chassis.idempotency import IdempotencyKey
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.collaboration import actions
from kpi_api.collaboration.actions import Answer
from kpi_api.collaboration.schemas import (
    AgreementInput,
    AnswerInput,
    Collaboration,
    CommentInput,
    NamingInput,
    PartRecordInput,
    ProposalInput,
    RetrospectiveInput,
    SharesInput,
)
from kpi_api.collaboration.shown import collaboration

router = APIRouter(prefix="/v1/kpis/{kpi_id}/collaboration", tags=["collaboration"], route_class=TransactionalRoute)


@router.get("", summary="Read a shared KPI's collaboration")
async def read_collaboration(kpi_id: UUID, viewer: CurrentViewer, session: Read) -> Collaboration:
    """The terms and who agrees to them, proposals, comments, everybody's parts, the celebration, and what was learned, now and earlier."""
    return await collaboration(viewer, session, kpi_id)


@router.post("/agreement", summary="Agree to a shared KPI's terms")
async def agree(kpi_id: UUID, given: AgreementInput, viewer: CurrentViewer, session: Write) -> Collaboration:
    """For yourself and the units you head, to the terms with the digest that you read; 409 with what is different where they changed."""
    await actions.agree(viewer, session, kpi_id, given.digest)
    return await collaboration(viewer, session, kpi_id)


@router.post("/proposals", status_code=201, summary="Propose other terms")
async def propose(
    kpi_id: UUID, given: ProposalInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> Collaboration:
    """In words and, where it is about them, as targets."""
    await actions.propose(viewer, session, kpi_id, given)
    return await collaboration(viewer, session, kpi_id)


@router.post("/proposals/{proposal_id}/{answer}", summary="Take, decline or withdraw a proposal")
async def answer_proposal(
    kpi_id: UUID, proposal_id: UUID, answer: Answer, given: AnswerInput, viewer: CurrentViewer, session: Write
) -> Collaboration:
    """Whoever leads the KPI takes it, which gives the KPI its targets and asks all anew, or declines it; its author withdraws it."""
    await actions.answer(viewer, session, kpi_id, proposal_id, answer, given.reply)
    return await collaboration(viewer, session, kpi_id)


@router.post("/comments", status_code=201, summary="Comment on a shared KPI")
async def comment(
    kpi_id: UUID, given: CommentInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> Collaboration:
    """On the KPI, or on one of its proposals."""
    await actions.comment(viewer, session, kpi_id, given)
    return await collaboration(viewer, session, kpi_id)


@router.post("/records", status_code=201, summary="Record one's part")
async def record_part(
    kpi_id: UUID, given: PartRecordInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> Collaboration:
    """What a stakeholder brought, which explains the joint result and is not summed into it; the result itself is measured as any."""
    await actions.record_part(viewer, session, kpi_id, given)
    return await collaboration(viewer, session, kpi_id)


@router.put("/credit-shares", summary="Divide the credit")
async def divide_credit(kpi_id: UUID, given: SharesInput, viewer: CurrentViewer, session: Write) -> Collaboration:
    """For plans that divide a sum; the shares total 100.00. Without any, everybody carries the whole."""
    await actions.divide_credit(viewer, session, kpi_id, given.shares, given.digest)
    return await collaboration(viewer, session, kpi_id)


@router.put("/naming", summary="Be named or not when it is celebrated")
async def choose_naming(kpi_id: UUID, given: NamingInput, viewer: CurrentViewer, session: Write) -> Collaboration:
    """Whoever would rather not be named is not, also in what was told before."""
    await actions.choose_naming(viewer, session, kpi_id, named=given.named)
    return await collaboration(viewer, session, kpi_id)


@router.put("/retrospective", summary="Look back on a shared KPI")
async def look_back(kpi_id: UUID, given: RetrospectiveInput, viewer: CurrentViewer, session: Write) -> Collaboration:
    """What went well and what to do better: kept, and shown when the next of the same definition or owner is designed."""
    await actions.look_back(viewer, session, kpi_id, given)
    return await collaboration(viewer, session, kpi_id)
