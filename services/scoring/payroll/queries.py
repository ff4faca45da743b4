"""Reading payroll batches."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.payroll.document import Previous, as_csv, as_json, build
from scoring.payroll.models import PayrollBatch, PayrollLine


def batches(viewer: Viewer, *, pay_group: str | None = None) -> Select[PayrollBatch]:
    """The organization's batches. Raises NotAllowed."""
    viewer.require_sight("payroll_batch")
    return select(PayrollBatch) if pay_group is None else select(PayrollBatch).where(PayrollBatch.pay_group == pay_group)


async def batch(viewer: Viewer, session: ReadSession, batch_id: UUID, *, for_update: bool = False) -> PayrollBatch:
    """A batch. Raises NotFound, also for whoever may not see batches."""
    wanted = select(PayrollBatch).where(PayrollBatch.id == batch_id)
    found = await session.scalar(wanted.with_for_update() if for_update else wanted) if viewer.sees_all("payroll_batch") else None
    if found is None:
        raise NotFound()
    return found


async def lines(session: ReadSession, batch_id: UUID) -> Sequence[PayrollLine]:
    """A batch's lines in order; the caller has found the batch for its viewer."""
    return (await session.scalars(select(PayrollLine).where(PayrollLine.batch_id == batch_id).order_by(PayrollLine.position))).all()


async def people_of(session: ReadSession, batch_id: UUID) -> Sequence[UUID]:
    """Who is paid in a batch; the caller has found the batch for its viewer."""
    return (await session.scalars(select(PayrollLine.person_id).where(PayrollLine.batch_id == batch_id).distinct())).all()


async def previous_batch(session: ReadSession, current: PayrollBatch) -> Previous:
    """The last locked batch of the same pay group and legal entity, with its sums by currency."""
    wanted = (
        select(PayrollBatch)
        .where(PayrollBatch.pay_group == current.pay_group, PayrollBatch.legal_entity.is_not_distinct_from(current.legal_entity))
        .where(PayrollBatch.status == "locked", PayrollBatch.id != current.id)
        .order_by(PayrollBatch.locked_at.desc(), PayrollBatch.id.desc())
        .limit(1)
    )
    found = await session.scalar(wanted)
    return None if found is None else (found.id, {code: Decimal(amount) for code, amount in found.totals["amounts"].items()})


async def pull(viewer: Viewer, session: ReadSession, batch_id: UUID, *, table: bool) -> tuple[bytes, str]:
    """A batch's bytes (CSV as `table`, else JSON) and digest: those kept at locking, or a preview of a draft. Raises NotFound."""
    found = await batch(viewer, session, batch_id)
    if found.status == "locked":
        column = PayrollBatch.table if table else PayrollBatch.document
        kept = select(PayrollBatch).where(PayrollBatch.id == batch_id).options(undefer(column)).execution_options(populate_existing=True)
        locked = (await session.scalars(kept)).one()
        return (locked.table if table else locked.document) or b"", locked.digest or ""
    document = build(found, await lines(session, batch_id), await previous_batch(session, found), "draft")
    return (as_csv(document) if table else as_json(document)), document.digest


async def answers(viewer: Viewer, session: ReadSession, batch_id: UUID) -> Select[PayrollLine]:
    """The lines of a batch with what payroll answered. Raises NotFound."""
    await batch(viewer, session, batch_id)
    return select(PayrollLine).where(PayrollLine.batch_id == batch_id)
