"""Check-ins: what moved, why, the impact expected in the next period, the support needed (S2, step 4)."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Conditions, Viewer, sees
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.access.sight import below, has_sight_of_kpi, relations_to
from kpi_api.cascade.queries import kpi
from kpi_api.people.models import Person
from kpi_api.people.queries import person
from kpi_api.reviews.models import CheckIn
from kpi_api.reviews.problems import CheckInInvalid, NotYourCheckIn
from kpi_api.reviews.schemas import CheckInInput


async def check_in(viewer: Viewer, session: WriteSession, given: CheckInInput) -> CheckIn:
    """Write a check-in on a KPI that one sees whole, for oneself or for somebody one leads.

    Raises NotFound, NotYourCheckIn, CheckInInvalid.
    """
    author = viewer.require_person()
    subject = await person(viewer, session, given.person_id or author)
    leads = select(Person.id).where(Person.id == subject.id, below(viewer, Person.id))
    if subject.id != author and await session.scalar(leads) is None:
        raise NotYourCheckIn("Only the person, or whoever leads them, checks in.")
    about = await kpi(viewer, session, given.kpi_id)
    if not about.window_start <= given.period_start <= about.window_end:
        message = f"The KPI runs from {about.window_start} to {about.window_end}."
        raise CheckInInvalid(message, field="/period_start")
    content = given.model_dump(exclude={"person_id"})
    row = CheckIn(id=new_id(), **content, person_id=subject.id, author_id=author, created_at=session.now)
    session.add(row)
    await session.flush()
    return row


async def check_ins(
    viewer: Viewer, session: ReadSession, page: PageRequest, *, kpi_id: UUID | None = None, person_id: UUID | None = None
) -> Rows[CheckIn]:
    """Check-ins of people in sight and on KPIs carried together, newest first."""
    shared: Conditions = {"stakeholder": lambda: has_sight_of_kpi(viewer, CheckIn.kpi_id, "stakeholder")}
    in_sight = sees(viewer, "check_in", {**relations_to(viewer, CheckIn.person_id), **shared})
    statement = select(CheckIn).where(CheckIn.organization_id == viewer.organization_id, in_sight)
    if kpi_id is not None:
        statement = statement.where(CheckIn.kpi_id == kpi_id)
    if person_id is not None:
        statement = statement.where(CheckIn.person_id == person_id)
    return await fetch_page(
        session,
        statement,
        page,
        keys=[(CheckIn.created_at, lambda row: row.created_at), (CheckIn.id, lambda row: row.id)],
        scope=f"check_ins {viewer.subject} {kpi_id} {person_id}",
        descending=True,
    )
