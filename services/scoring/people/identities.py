"""From an outside identity to a person, by the links that were pushed. Nothing is linked here."""

from sqlalchemy import select

from chassis.database import Database
from chassis.identity import OutsideIdentity, Principal
from chassis.identity.principal import person
from chassis.problems import Unauthenticated
from scoring.people.models import PersonIdentity


async def find_person(database: Database, identity: OutsideIdentity) -> Principal:
    """The person of an outside identity. Raises Unauthenticated."""
    async with database.read(identity.organization_id) as session:
        person_id = await session.scalar(
            select(PersonIdentity.person_id).where(
                PersonIdentity.organization_id == identity.organization_id,
                PersonIdentity.issuer == identity.issuer,
                PersonIdentity.subject == identity.subject,
            )
        )
    if person_id is None:
        raise Unauthenticated()
    return person(identity.organization_id, person_id)
