"""What is done to a payroll batch: gathered, locked, thrown away before that, answered line by line after."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from secrets import token_hex
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, delete, func, literal, select, text

from chassis import audit, events
from chassis.access import Viewer
from chassis.bulk import BulkResult, RowResult
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError
from scoring.pay_bases.models import PayBasis
from scoring.payroll.document import as_csv, as_json, build, control_totals
from scoring.payroll.models import PayrollBatch, PayrollLine
from scoring.payroll.problems import BatchLocked, BatchNotLocked, EmptyBatch, UnknownPayGroup
from scoring.payroll.queries import batch, lines, previous_batch
from scoring.payroll.schemas import AnswerIn, PayrollBatchIn

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('payroll:' || :id, 0))")

WAITING = text(
    """
    SELECT l.id
    FROM run_lines l
    JOIN runs r ON r.organization_id = l.organization_id AND r.id = l.run_id AND r.status = 'released' AND r.released_at < :before
    JOIN people p ON p.organization_id = l.organization_id AND p.id = l.person_id
    WHERE l.organization_id = :organization_id AND l.amount <> 0 AND l.pay_group = :pay_group
      AND (CAST(:legal_entity AS text) IS NULL OR l.legal_entity = :legal_entity)
      AND NOT EXISTS (
        SELECT 1 FROM payroll_lines taken
        WHERE taken.organization_id = l.organization_id AND taken.run_line_id = l.id AND taken.status <> 'rejected'
      )
    ORDER BY p.external_id, l.id
    """
)

GATHER = text(
    """
    INSERT INTO payroll_lines (organization_id, id, batch_id, position, run_line_id, run_id, person_id, external_id, payroll_number,
      payee_salt, legal_entity, cost_centre, earning_code, amount, currency, earned_from, earned_to, plan_code, plan_version,
      corrects_run_line_id, carried_over_from, status)
    SELECT l.organization_id, chosen.id, :batch_id, chosen.position, l.id, l.run_id, l.person_id, p.external_id, l.payroll_number,
      chosen.salt, l.legal_entity, l.cost_centre, plans.earning_code, l.amount, l.currency, l.period_start, l.period_end, plans.code,
      v.number, l.corrects_line_id,
      (SELECT rejected.id FROM payroll_lines rejected
        WHERE rejected.organization_id = l.organization_id AND rejected.run_line_id = l.id ORDER BY rejected.id DESC LIMIT 1),
      'pending'
    FROM unnest(CAST(:ids AS uuid[]), CAST(:run_line_ids AS uuid[]), CAST(:salts AS text[]))
      WITH ORDINALITY AS chosen (id, run_line_id, salt, position)
    JOIN run_lines l ON l.organization_id = :organization_id AND l.id = chosen.run_line_id
    JOIN people p ON p.organization_id = l.organization_id AND p.id = l.person_id
    JOIN plan_versions v ON v.organization_id = l.organization_id AND v.id = l.plan_version_id
    JOIN plans ON plans.organization_id = l.organization_id AND plans.id = v.plan_id
    """
)

AFTER = {"pending": {"acknowledged", "paid", "rejected"}, "acknowledged": {"paid", "rejected"}, "paid": set[str](), "rejected": set[str]()}


async def gather(viewer: Viewer, session: WriteSession, content: PayrollBatchIn) -> PayrollBatch:
    """The batch of a pay group for a check date, a draft with everything that waits to be paid. Again before it is locked, it is gathered
    anew; afterwards it is answered as it stands. Raises NotAllowed, UnknownPayGroup."""
    viewer.require("payroll_batches.write")
    await session.execute(LOCK, {"id": str(session.organization_id)})
    found = await _existing(session, content)
    if found is not None and found.status == "locked":
        return found
    if await session.scalar(select(PayBasis.id).where(PayBasis.pay_group == content.pay_group).limit(1)) is None:
        raise UnknownPayGroup(f"No pay basis names the pay group {content.pay_group}.", field="/pay_group")
    draft = found or await _new_batch(viewer, session, content)
    draft.cut_off = content.cut_off or content.check_date
    await _refill(session, draft)
    draft.totals = control_totals(await lines(session, draft.id)).model_dump(mode="json")
    await audit.record(session, viewer.subject, "payroll_batch.gathered", "payroll_batch", draft.id)
    return draft


async def _existing(session: WriteSession, content: PayrollBatchIn) -> PayrollBatch | None:
    wanted = select(PayrollBatch).where(
        PayrollBatch.pay_group == content.pay_group,
        PayrollBatch.legal_entity.is_not_distinct_from(content.legal_entity),
        PayrollBatch.check_date == content.check_date,
        PayrollBatch.off_cycle == content.off_cycle,
    )
    return await session.scalar(wanted.with_for_update())


async def _new_batch(viewer: Viewer, session: WriteSession, content: PayrollBatchIn) -> PayrollBatch:
    facts = content.model_dump(exclude={"cut_off"})
    made = PayrollBatch(
        **facts, cut_off=content.cut_off or content.check_date, status="draft", totals={}, created_by=viewer.subject, created_at=session.now
    )
    session.add(made)
    await session.flush()
    return made


async def _refill(session: WriteSession, draft: PayrollBatch) -> None:
    key = {"organization_id": session.organization_id}
    await _remove_lines(session, draft.id)
    before = datetime.combine(draft.cut_off + timedelta(days=1), time.min, UTC)
    wanted = {**key, "before": before, "pay_group": draft.pay_group, "legal_entity": draft.legal_entity}
    waiting = (await session.scalars(WAITING, wanted)).all()
    chosen = {"ids": [new_id() for _ in waiting], "run_line_ids": waiting, "salts": [token_hex(16) for _ in waiting]}
    await session.execute(GATHER, {**key, "batch_id": draft.id, **chosen})


async def _remove_lines(session: WriteSession, batch_id: UUID) -> None:
    line = PayrollLine
    await session.execute(delete(line).where(line.organization_id == session.organization_id, line.batch_id == batch_id))


async def lock(viewer: Viewer, session: WriteSession, batch_id: UUID) -> PayrollBatch:
    """Freeze a draft and keep its bytes; again is harmless. Raises NotAllowed, NotFound, EmptyBatch."""
    viewer.require("payroll_batches.write")
    await session.execute(LOCK, {"id": str(session.organization_id)})
    found = await batch(viewer, session, batch_id, for_update=True)
    if found.status == "locked":
        return found
    await require_lockable(viewer, session, found)
    own = await lines(session, batch_id)
    document = build(found, own, await previous_batch(session, found), "locked")
    found.status, found.locked_by, found.locked_at = "locked", viewer.subject, session.now
    found.digest, found.document, found.table = document.digest, as_json(document), as_csv(document)
    found.totals = document.control_totals.model_dump(mode="json")
    await audit.record(session, viewer.subject, "payroll_batch.locked", "payroll_batch", batch_id)
    await events.record(session, "payroll_batch.locked", "payroll_batch", batch_id, digest=document.digest, line_count=len(own))
    return found


async def require_lockable(viewer: Viewer, session: ReadSession, found: PayrollBatch) -> None:
    """Raises NotAllowed, BatchLocked, EmptyBatch."""
    viewer.require("payroll_batches.write")
    if found.status == "locked":
        raise BatchLocked("It is locked already. What is released from now on is paid by another batch.")
    if await session.scalar(select(PayrollLine.id).where(PayrollLine.batch_id == found.id).limit(1)) is None:
        raise EmptyBatch("Nothing waits to be paid in this batch. Gather it again after a run was released.")


async def discard(viewer: Viewer, session: WriteSession, batch_id: UUID) -> None:
    """Throw a draft away; what waits to be paid waits on. Raises NotAllowed, NotFound, BatchLocked."""
    viewer.require("payroll_batches.write")
    found = await batch(viewer, session, batch_id, for_update=True)
    require_discardable(viewer, found)
    await _remove_lines(session, batch_id)
    await session.delete(found)
    await audit.record(session, viewer.subject, "payroll_batch.discarded", "payroll_batch", batch_id)


def require_discardable(viewer: Viewer, found: PayrollBatch) -> None:
    """Raises NotAllowed, BatchLocked."""
    viewer.require("payroll_batches.write")
    if found.status == "locked":
        raise BatchLocked("A locked batch stays. Have payroll reject the lines that shall not be paid.")


async def answer(viewer: Viewer, session: WriteSession, batch_id: UUID, answers: Sequence[AnswerIn]) -> BulkResult:
    """Take payroll's answers to lines of a locked batch, each by itself; the same answer again is `unchanged`.

    A rejected line is free for a later batch. Raises NotAllowed, NotFound, BatchNotLocked.
    """
    viewer.require("payroll_batches.acknowledge")
    require_answerable(viewer, await batch(viewer, session, batch_id, for_update=True))
    wanted = select(PayrollLine).where(
        PayrollLine.batch_id == batch_id, PayrollLine.id == any_(literal([item.line_id for item in answers], ARRAY(Uuid)))
    )
    known = {line.id: line for line in await session.scalars(wanted.with_for_update())}
    results = [_answer(session, row, item, known.get(item.line_id)) for row, item in enumerate(answers, start=1)]
    await session.flush()
    result = BulkResult.of(results)
    if result.updated:
        open_ = await session.scalar(select(func.count()).where(PayrollLine.batch_id == batch_id, PayrollLine.status == "pending"))
        await audit.record(session, viewer.subject, "payroll_batch.answered", "payroll_batch", batch_id, updated=result.updated)
        await events.record(session, "payroll_batch.acknowledged", "payroll_batch", batch_id, answered=result.updated, pending=open_)
    return result


def require_answerable(viewer: Viewer, found: PayrollBatch) -> None:
    """Raises NotAllowed, BatchNotLocked."""
    viewer.require("payroll_batches.acknowledge")
    if found.status != "locked":
        raise BatchNotLocked("Payroll answers to a locked batch. Lock it first.")


def _answer(session: WriteSession, row: int, item: AnswerIn, line: PayrollLine | None) -> RowResult:
    if line is None:
        return _refused(row, "unknown_line", "This batch has no such line.")
    if (line.status, line.paid_amount, line.answer) == (item.status, item.paid_amount, item.reason):
        return RowResult(row=row, status="unchanged", id=line.id)
    if item.status not in AFTER[line.status]:
        return _refused(row, "already_answered", f"The line is {line.status} already.")
    line.status, line.paid_amount, line.answer, line.answered_at = item.status, item.paid_amount, item.reason, session.now
    return RowResult(row=row, status="updated", id=line.id)


def _refused(row: int, code: str, message: str) -> RowResult:
    return RowResult(row=row, status="error", errors=[FieldError(field="line_id", code=code, message=message, row=row)])
