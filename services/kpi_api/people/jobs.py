"""Background work on people."""

from sqlalchemy import select

from chassis.jobs import Job
from kpi_api.people import changes
from kpi_api.people.models import Person

END_LEAVERS = "people.end_leavers"
END_LEAVERS_SECONDS = 60.0


async def end_leavers(job: Job) -> None:
    """Mark people as no longer active once their last day is over."""
    async with job.database.write(job.organization_id) as session:
        gone = (await session.scalars(select(Person).where(Person.active, Person.termination_date < session.today).with_for_update())).all()
        for person in gone:
            person.active = False
        await session.flush()
        await changes.record_person_changed(session, [person.id for person in gone])
