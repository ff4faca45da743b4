"""REST doors of collaboration. Each step answers with the whole, as it stands then."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.collaboration import actions, agreeing, carriers, queries, written
from kpi_api.collaboration.actions import Answer
from kpi_api.collaboration.models import KpiComment, KpiPartRecord, KpiProposal
from kpi_api.collaboration.schemas import (
    AgreementInput,
    AnswerInput,
    Collaboration,
    CommentInput,
    CommentOutput,
    LeavingInput,
    NamingInput,
    PartRecordInput,
    PartRecordOutput,
    ProposalInput,
    ProposalOutput,
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
    await agreeing.agree(viewer, session, kpi_id, given.digest)
    return await collaboration(viewer, session, kpi_id)


@router.delete("/agreement", summary="Take an agreement to a shared KPI back")
async def take_back(kpi_id: UUID, viewer: CurrentViewer, session: Write) -> Collaboration:
    """For yourself and the units you head, before the window begins; then one proposes other terms instead."""
    await agreeing.take_back(viewer, session, kpi_id)
    return await collaboration(viewer, session, kpi_id)


@router.post("/stakeholders/{stakeholder_id}/take-off", summary="Take a stakeholder off a shared KPI")
async def take_off(kpi_id: UUID, stakeholder_id: UUID, given: LeavingInput, viewer: CurrentViewer, session: Write) -> Collaboration:
    """By whoever leads the KPI, with a reason. What they agreed to and recorded stays; the others are asked anew."""
    await carriers.take_off(viewer, session, kpi_id, stakeholder_id, given.reason)
    return await collaboration(viewer, session, kpi_id)


@router.get("/proposals", summary="List what was proposed for a shared KPI")
async def list_proposals(kpi_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[ProposalOutput]:
    """Proposals with their answers, oldest first."""
    rows = await queries.written_page(viewer, session, page, KpiProposal, kpi_id)
    return Page(items=await written.proposals(session, rows), next=page.link_next(rows))


@router.get("/comments", summary="List what was said about a shared KPI")
async def list_comments(
    kpi_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    proposal_id: Annotated[UUID | None, Query(description="Only about this proposal.")] = None,
) -> Page[CommentOutput]:
    """Comments, oldest first."""
    rows = await queries.written_page(viewer, session, page, KpiComment, kpi_id, proposal_id)
    return Page(items=await written.comments(session, rows), next=page.link_next(rows))


@router.get("/records", summary="List everybody's parts in a shared KPI")
async def list_records(kpi_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[PartRecordOutput]:
    """What stakeholders brought, also those who left, oldest first."""
    rows = await queries.written_page(viewer, session, page, KpiPartRecord, kpi_id)
    return Page(items=await written.records(session, rows), next=page.link_next(rows))


@router.post("/proposals", status_code=201, summary="Propose other terms")
async def propose(
    kpi_id: UUID, given: ProposalInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> Collaboration:
    """In words and, where it is about them, as targets."""
    await actions.propose(viewer, session, kpi_id, given)
    return await collaboration(viewer, session, kpi_id)


@router.post("/proposals/{proposal_id}/{answer}", summary="Take, decline or withdraw a proposal")
async def answer_proposal(
    kpi_id: UUID,
    proposal_id: UUID,
    answer: Answer,
    given: Annotated[AnswerInput, Body(default_factory=AnswerInput)],
    viewer: CurrentViewer,
    session: Write,
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
    await carriers.divide_credit(viewer, session, kpi_id, given.shares, given.digest)
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
