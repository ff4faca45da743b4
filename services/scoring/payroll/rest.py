"""Payroll batches over REST."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response

from chassis import audit
from chassis.access import Viewer
from chassis.bulk import BulkResult
from chassis.database import ReadSession
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.payroll import actions, due, queries
from scoring.payroll.models import PayrollBatch, PayrollLine
from scoring.payroll.schemas import AnswerOut, AnswersIn, PayDue, PayrollBatchDetail, PayrollBatchIn, PayrollBatchOut, PayrollDocument
from scoring.payroll.shown import batch_short, batch_shown
from scoring.schemas import money

router = APIRouter(prefix="/v1/payroll-batches", tags=["payroll"], route_class=TransactionalRoute)

people = APIRouter(prefix="/v1/people", tags=["payroll"], route_class=TransactionalRoute)

BOTH_FORMS: dict[int | str, dict[str, Any]] = {200: {"model": PayrollDocument, "content": {"text/csv": {"schema": {"type": "string"}}}}}


@people.get("/{person_id}/pay-due", summary="Read what of a person's pay is on its way")
async def read_pay_due(person_id: UUID, viewer: CurrentViewer, session: Read) -> PayDue:
    """Each payout that is computed and not paid, without amounts, for comp_admin, auditor and the service that erases people. Recorded."""
    return await due.pay_due(viewer, session, person_id)


@router.post("", summary="Gather a payroll batch")
async def gather(content: PayrollBatchIn, viewer: CurrentViewer, session: Write) -> PayrollBatchDetail:
    """Everything released and not yet paid to the pay group, as a draft to look at. Again before locking gathers anew; a locked batch is
    answered as it stands."""
    return await _answered(viewer, session, await actions.gather(viewer, session, content))


@router.get("", summary="List payroll batches")
async def list_batches(viewer: CurrentViewer, session: Read, page: Paging, pay_group: str | None = None) -> Page[PayrollBatchOut]:
    """The latest check date first."""
    rows = await fetch_page(
        session,
        queries.batches(viewer, pay_group=pay_group),
        page,
        keys=[(PayrollBatch.check_date, lambda row: row.check_date), (PayrollBatch.id, lambda row: row.id)],
        scope=f"payroll_batches:{viewer.subject}:{pay_group}",
        descending=True,
    )
    await audit.record_read(session, viewer.subject, "payroll_batch.read", "payroll_batch", [row.id for row in rows])
    return Page(items=[batch_short(row) for row in rows], next=page.link_next(rows))


@router.get("/{batch_id}", summary="Pull a payroll batch", responses=BOTH_FORMS)
async def pull(batch_id: UUID, viewer: CurrentViewer, session: Read, accept: Annotated[str, Header()] = "application/json") -> Response:
    """As JSON, or as CSV by `Accept: text/csv`. A locked batch gives the same bytes each time; its ETag is its digest.

    The pull is recorded.
    """
    table = "text/csv" in accept
    content, digest = await queries.pull(viewer, session, batch_id, table=table)
    await _record_lines(viewer, session, batch_id, await queries.people_of(session, batch_id))
    kind = "text/csv; charset=utf-8" if table else "application/json"
    return Response(content, media_type=kind, headers={"ETag": f'"{digest}"', "Vary": "Accept"})


@router.get("/{batch_id}/summary", summary="Read a payroll batch in short")
async def read_summary(batch_id: UUID, viewer: CurrentViewer, session: Read) -> PayrollBatchDetail:
    """Without its lines, and with what you may do now, which a batch's own bytes do not say."""
    return await _answered(viewer, session, await queries.batch(viewer, session, batch_id))


@router.post("/{batch_id}/lock", summary="Lock a payroll batch")
async def lock(batch_id: UUID, viewer: CurrentViewer, session: Write) -> PayrollBatchDetail:
    """From now on it never changes."""
    return await _answered(viewer, session, await actions.lock(viewer, session, batch_id))


@router.delete("/{batch_id}", status_code=204, summary="Throw a draft batch away")
async def discard(batch_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """Only before it is locked; what waits to be paid waits on."""
    await actions.discard(viewer, session, batch_id)


@router.post("/{batch_id}/acknowledgements", summary="Answer lines of a batch")
async def acknowledge(batch_id: UUID, content: AnswersIn, viewer: CurrentViewer, session: Write) -> BulkResult:
    """Acknowledged, paid with the amount read back, or rejected with a reason: then the line moves to the next batch."""
    return await actions.answer(viewer, session, batch_id, content.lines)


@router.get("/{batch_id}/acknowledgements", summary="List what payroll answered")
async def list_acknowledgements(batch_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[AnswerOut]:
    """Every line of the batch with its answer, in the batch's order."""
    rows = await fetch_page(
        session,
        await queries.answers(viewer, session, batch_id),
        page,
        keys=[(PayrollLine.position, lambda row: row.position)],
        scope=f"payroll_answers:{viewer.subject}:{batch_id}",
    )
    await _record_lines(viewer, session, batch_id, {row.person_id for row in rows})
    return Page(items=[_answer(row) for row in rows], next=page.link_next(rows))


def _answer(row: PayrollLine) -> AnswerOut:
    shown = AnswerOut.model_validate(row)
    shown.amount = money(row.amount, row.currency)
    return shown


async def _record_lines(viewer: Viewer, session: Read, batch_id: UUID, people: Collection[UUID]) -> None:
    """Whoever reads a batch's lines reads that batch, and the pay of each person in it."""
    await audit.record_read(session, viewer.subject, "payroll_batch.read", "payroll_batch", [batch_id])
    others = sorted({*people} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "payroll_line.read", "person", others, payroll_batch_id=str(batch_id))


async def _answered(viewer: Viewer, session: ReadSession, row: PayrollBatch) -> PayrollBatchDetail:
    await audit.record_read(session, viewer.subject, "payroll_batch.read", "payroll_batch", [row.id])
    return await batch_shown(viewer, session, row)
