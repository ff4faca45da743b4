"""Background work on payroll batches."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from chassis.jobs import Job
from scoring.payroll.document import without_payees
from scoring.payroll.models import PayrollBatch, PayrollLine

ERASE_PAYEES: Final = "payroll.erase_payees"


async def erase_payees(job: Job) -> None:
    """Put "erased" where the bytes of locked batches say who somebody was; digest, amounts and totals stay as they are."""
    async with job.database.write(job.organization_id) as session:
        mine = select(PayrollLine.batch_id, PayrollLine.id).where(PayrollLine.person_id == UUID(job.payload["subject_id"]))
        lines = {str(line_id) for _, line_id in await session.execute(mine)}
        theirs = PayrollBatch.id.in_(mine.with_only_columns(PayrollLine.batch_id))
        locked = select(PayrollBatch).where(PayrollBatch.status == "locked", theirs).order_by(PayrollBatch.id)
        bytes_too = locked.options(undefer(PayrollBatch.document), undefer(PayrollBatch.table)).with_for_update()
        for batch in await session.scalars(bytes_too):
            batch.document, batch.table = without_payees(batch.document or b"", batch.table or b"", lines)
