"""Everything that kpi_api holds about one person, as one document."""

from uuid import UUID

from sqlalchemy import select

from chassis import audit
from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.personal_data import PersonExport, records_of
from chassis.problems import NotFound
from kpi_api.access.sight import sees_of_person
from kpi_api.people.models import Person
from kpi_api.people.privacy.holdings import HOLDINGS, LEFT_OUT, tables


async def export(viewer: Viewer, session: ReadSession, person_id: UUID) -> PersonExport:
    """The document, for the person themself and for hr_admin. The export is recorded. Raises NotFound."""
    in_sight = select(Person.id).where(Person.id == person_id, sees_of_person(viewer, "personal_data", Person.id))
    if await session.scalar(in_sight) is None:
        raise NotFound()
    await audit.record_read(session, viewer.subject, "person.exported", "person", [person_id])
    records = await records_of(session, HOLDINGS, tables(), person_id)
    return PersonExport(service="kpi_api", person_id=person_id, exported_at=session.now, records=records, left_out=LEFT_OUT)
