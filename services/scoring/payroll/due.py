"""What of a person's pay is still on its way. It is asked before somebody is erased: a batch that is gathered afterwards has no payee."""

from uuid import UUID

from sqlalchemy import select, text

from chassis import audit
from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.access.sight import sees_of_person
from scoring.payroll.schemas import DuePay, PayDue
from scoring.people.models import Person

# A line that payroll rejected waits for a later batch, as one that was never gathered does.
DUE = text(
    """
    SELECT l.id AS payout_id, l.run_id, taken.batch_id,
      CASE WHEN r.status <> 'released' THEN 'not_released' WHEN taken.id IS NULL THEN 'not_gathered' ELSE 'not_paid' END AS state
    FROM run_lines l
    JOIN runs r ON r.organization_id = l.organization_id AND r.id = l.run_id AND r.status <> 'superseded'
    LEFT JOIN payroll_lines taken
      ON taken.organization_id = l.organization_id AND taken.run_line_id = l.id AND taken.status <> 'rejected'
    WHERE l.organization_id = :organization_id AND l.person_id = :person_id AND taken.status IS DISTINCT FROM 'paid'
      AND CASE WHEN r.status = 'released' THEN l.amount <> 0 ELSE l.amount IS DISTINCT FROM 0 END
    ORDER BY l.id
    """
)


async def pay_due(viewer: Viewer, session: ReadSession, person_id: UUID) -> PayDue:
    """Each payout that is computed and not paid, without its amount: in a run not released, in no batch, or in one that payroll has not
    paid. The read is recorded. Raises NotFound."""
    in_sight = select(Person.id).where(Person.id == person_id, sees_of_person(viewer, "pay_due", Person.id))
    if await session.scalar(in_sight) is None:
        raise NotFound()
    await audit.record_read(session, viewer.subject, "pay_due.read", "person", [person_id])
    rows = await session.execute(DUE, {"organization_id": session.organization_id, "person_id": person_id})
    return PayDue(person_id=person_id, due=[DuePay.model_validate(row) for row in rows])
