"""Background work of the cascade: lines of sight follow people when they move."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.cascade.sights import refresh_sights
from kpi_api.cascade.storing import lock_contributions
from kpi_api.people.models import Employment, Person

REFRESH_SIGHTS = "cascade.refresh_sights"
REFRESH_SIGHTS_SECONDS = 3600
RECENT = timedelta(days=2)


async def refresh_sights_of_people(job: Job) -> None:
    """After `employment.changed` or `unit.changed`: the people it names, or everybody where it names none. Periodically: those whose lines
    began or ended lately, since a move entered ahead of time takes effect on its day."""
    async with job.database.write(job.organization_id) as session:
        await lock_contributions(session)
        await refresh_sights(session, await _people(session, job))


async def _people(session: WriteSession, job: Job) -> Sequence[UUID]:
    if "person_ids" in job.payload:
        named = job.payload["person_ids"]
        return (await session.scalars(select(Person.id))).all() if named is None else [UUID(person_id) for person_id in named]
    since = session.today - RECENT
    lately = or_(Employment.valid_from.between(since, session.today), Employment.valid_to.between(since, session.today))
    return (await session.scalars(select(Employment.person_id).where(lately).distinct())).all()
