"""Makes an organization and its first hr_admin in both databases."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Database
from chassis.identifiers import new_id
from kpi_api.people import organizations
from kpi_api.people.organizations import NewPerson
from scoring.people import actions as scoring_people

__all__ = ["NewOrganization", "NewPerson", "create_organization"]


@dataclass(frozen=True)
class NewOrganization:
    """What was made: the organization and its first hr_admin."""

    organization_id: UUID
    person_id: UUID


async def create_organization(
    kpi_api: Database, scoring: Database, *, name: str, currency: str, admin: NewPerson, mission: str = "", time_zone: str = "UTC"
) -> NewOrganization:
    """Make the organization in both databases. Broken off between the two, the worker of kpi_api completes it by its push of people."""
    organization_id = new_id()
    async with kpi_api.write(organization_id) as session:
        person = await organizations.create_organization(
            session, name=name, currency=currency, admin=admin, mission=mission, time_zone=time_zone
        )
    async with scoring.write(organization_id) as session:
        await scoring_people.bootstrap(
            session,
            name=name,
            currency=currency,
            person_id=person.id,
            external_id=admin.email,
            display_name=f"{admin.given_name} {admin.family_name}",
            roles=["hr_admin"],
        )
    return NewOrganization(organization_id, person.id)
