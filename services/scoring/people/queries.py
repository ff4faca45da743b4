"""Reading person references."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.access.sight import sees_of_person
from scoring.people.models import Person


async def person(viewer: Viewer, session: ReadSession, person_id: UUID) -> Person:
    """A person in sight. Raises NotFound."""
    found = await session.scalar(select(Person).where(Person.id == person_id, sees_of_person(viewer, "person", Person.id)))
    if found is None:
        raise NotFound()
    return found
