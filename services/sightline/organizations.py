"""Making an organization: in both databases, with its first hr_admin. The only way in, since every door needs somebody who may open it."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Database
from chassis.identifiers import new_id
from chassis.organizations import ensure_organization
from kpi_api.access.models import Grant
from kpi_api.people.models import OrganizationProfile, Person


@dataclass(frozen=True)
class NewPerson:
    """The first person of an organization, who gets the role hr_admin."""

    given_name: str
    family_name: str
    email: str


@dataclass(frozen=True)
class NewOrganization:
    """What was made."""

    organization_id: UUID
    person_id: UUID


async def create_organization(kpi_api: Database, scoring: Database, *, name: str, currency: str, admin: NewPerson) -> NewOrganization:
    """Create an organization called `name`, whose money is counted in `currency` (ISO 4217) unless said otherwise.

    The administrator has the role hr_admin in both services. Scoring is made first, so that whoever finds the organization in kpi_api finds
    it there too.
    """
    made = NewOrganization(new_id(), new_id())
    await _create_in_kpi_api(kpi_api, made, name, currency, admin)
    return made


async def _create_in_kpi_api(database: Database, made: NewOrganization, name: str, currency: str, admin: NewPerson) -> None:
    async with database.write(made.organization_id) as session:
        await ensure_organization(session)
        session.add(
            OrganizationProfile(
                id=made.organization_id, name=name, mission="", indicator_label="KPI", currency=currency, time_zone="UTC", settings={}
            )
        )
        session.add(
            Person(
                id=made.person_id,
                external_id=f"administrator:{admin.email}",
                user_name=admin.email,
                email=admin.email,
                given_name=admin.given_name,
                family_name=admin.family_name,
                display_name=f"{admin.given_name} {admin.family_name}",
                active=True,
            )
        )
        await session.flush()
        session.add(Grant(person_id=made.person_id, role="hr_admin", valid_from=session.today, granted_by="operator"))
