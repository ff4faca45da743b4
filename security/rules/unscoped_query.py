"""Examples of the rules on queries: what they refuse, and what they let pass."""

from sqlalchemy import select, text

from kpi_api.people import queries
from kpi_api.people.models import Person


async def every_person(database):
    # ruleid: connection-outside-a-transaction
    async with database.engine.connect() as connection:
        # ruleid: query-in-a-door
        return await connection.scalars(select(Person))


async def persons(database, organization_id, viewer, page):
    # ok: connection-outside-a-transaction
    async with database.read(organization_id) as session:
        # ok: query-in-a-door
        return await queries.people(viewer, session, page)


async def get_person(session, person_id):
    # ruleid: query-in-a-door
    return await session.get(Person, person_id)


# ruleid: sql-without-organization
EVERYBODY = text("SELECT id FROM persons WHERE name = :name")
# ok: sql-without-organization
EVERYBODY_OF_US = text("SELECT id FROM persons WHERE organization_id = :organization_id AND name = :name")
# ok: sql-without-organization
FIND_KEY = text("SELECT find_api_key(:id)")


async def fetch_names(driver, session):
    # ruleid: sql-without-organization
    await driver.fetch("SELECT name FROM persons")
    # ok: sql-without-organization
    await driver.fetch("SELECT name FROM persons WHERE organization_id = $1", session.organization_id)
