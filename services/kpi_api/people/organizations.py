"""Making an organization, and changing what it says about itself."""

from dataclasses import dataclass
from datetime import date

from chassis import audit, events
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.organizations import ensure_organization
from kpi_api.access.models import Grant
from kpi_api.people.models import OrganizationProfile, Person

OPERATOR = "operator"


@dataclass(frozen=True)
class NewPerson:
    """Somebody as the operator names them: given name, family name, mail address, which is also the user name and external id."""

    given_name: str
    family_name: str
    email: str


async def create_organization(
    session: WriteSession, *, name: str, currency: str, admin: NewPerson, mission: str = "", time_zone: str = "UTC"
) -> Person:
    """Make the organization of this transaction and its first hr_admin, whom it returns.

    Asks for no viewer, because nobody is there yet: only the operator's command calls it.
    """
    await ensure_organization(session)
    session.add(
        OrganizationProfile(
            id=session.organization_id,
            name=name,
            mission=mission,
            indicator_label="KPI",
            currency=currency,
            time_zone=time_zone,
            settings={},
        )
    )
    person = _first_person(admin)
    session.add(person)
    await session.flush()
    approval = {"granted_by": OPERATOR, "approved_by": OPERATOR, "approved_at": session.now, "alone": True}
    session.add(Grant(person_id=person.id, role="hr_admin", unit_id=None, valid_from=date.min, valid_to=None, **approval))
    await audit.record(session, OPERATOR, "grant.given", "person", person.id, role="hr_admin")
    await events.record(session, "person.changed", "person", person.id, person_ids=[str(person.id)])
    return person


def _first_person(admin: NewPerson) -> Person:
    return Person(
        id=new_id(),
        external_id=admin.email,
        user_name=admin.email,
        email=admin.email,
        given_name=admin.given_name,
        family_name=admin.family_name,
        display_name=f"{admin.given_name} {admin.family_name}",
        active=True,
    )
