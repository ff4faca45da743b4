"""The net under every query: without the organization no row, with another's none of ours, after pooling and errors none left over."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import event as hooks
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from chassis import audit, events
from chassis.events import Event
from chassis.identifiers import new_id
from chassis.row_security import EXEMPT_TABLES
from chassis.rows import OrganizationRow
from sightline.embedded_postgres import DatabaseUrls
from tests.world import Organization, World


@pytest.fixture(params=["kpi_api", "scoring"])
async def raw(request: pytest.FixtureRequest, database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A bare connection of a service's role."""
    connection = await asyncpg.connect(getattr(database_urls, request.param))
    yield connection
    await connection.close()


@pytest.fixture
async def event_id(world: World, organization: Organization) -> object:
    async with world.kpi_api.database.write(organization.id) as session:
        return (await events.record(session, "note.made", "note", new_id())).id


async def test_every_table_is_secured_or_listed_as_exempt(raw: asyncpg.Connection, world: World) -> None:
    rows = await raw.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,"
        " EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'organization') AS policy"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    assert len(rows) > len(EXEMPT_TABLES)
    unsecured = {row["relname"] for row in rows if not (row["forced"] and row["policy"])}
    assert unsecured <= EXEMPT_TABLES.keys()


async def test_every_policy_asks_for_the_organization(raw: asyncpg.Connection) -> None:
    rules = await raw.fetch("SELECT tablename, qual, with_check FROM pg_policies WHERE policyname = 'organization'")
    assert {(row["qual"], row["with_check"]) for row in rules} == {(rules[0]["qual"], rules[0]["qual"])}
    assert "sightline.organization_id" in rules[0]["qual"]


async def test_the_services_role_can_neither_bypass_nor_own(raw: asyncpg.Connection) -> None:
    role = await raw.fetchrow("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert not any(role.values())
    assert await raw.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user") == 0


async def test_a_partition_cannot_be_read_past_its_parent(raw: asyncpg.Connection) -> None:
    reachable = await raw.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT')"
    )
    assert reachable == []


async def test_without_the_setting_there_are_no_rows(database_urls: DatabaseUrls, event_id: object) -> None:
    connection = await asyncpg.connect(database_urls.kpi_api)
    try:
        assert await connection.fetchval("SELECT count(*) FROM events") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO clock_offsets (organization_id, offset_microseconds) VALUES (gen_random_uuid(), 1)")
    finally:
        await connection.close()


async def test_another_organization_sees_and_writes_none_of_ours(world: World, organization: Organization, event_id: object) -> None:
    other = await world.new_organization()
    database = world.kpi_api.database
    async with database.read(other.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE id = :id"), {"id": event_id}) == 0
        assert (await session.scalars(select(Event).where(Event.id == event_id))).all() == []
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.write(other.id) as session:
            await session.execute(
                text("INSERT INTO clock_offsets (organization_id, offset_microseconds) VALUES (:id, 1)"), {"id": organization.id}
            )
    async with database.read(organization.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE id = :id"), {"id": event_id}) == 1


async def test_a_pooled_connection_remembers_no_organization(world: World, organization: Organization, event_id: object) -> None:
    database = world.kpi_api.database
    async with database.read(organization.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE id = :id"), {"id": event_id}) == 1
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with database.write(organization.id) as session:
            await session.execute(text("SELECT count(*) FROM events"))
            raise RuntimeError
    with pytest.raises(DBAPIError):
        async with database.write(organization.id) as session:
            await session.execute(text("SELECT 1 / 0"))
    for _ in range(database.engine.pool.size() * 2):  # type: ignore[attr-defined]
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM events")) == 0


async def test_no_row_can_point_into_another_organization(world: World, organization: Organization, event_id: object) -> None:
    other = await world.new_organization()
    admin = (await other.admin()).kpi_api
    endpoint = (await admin.post("/v1/webhook-endpoints", json={"url": "https://hooks.example.com/"})).json()["id"]
    with pytest.raises(DBAPIError, match="foreign key"):
        async with world.kpi_api.database.write(organization.id) as session:
            await session.execute(
                text(
                    "INSERT INTO webhook_secrets (organization_id, id, endpoint_id, sealed, created_at)"
                    " VALUES (:organization_id, :id, :endpoint_id, '', now())"
                ),
                {"organization_id": organization.id, "id": new_id(), "endpoint_id": endpoint},
            )


async def test_every_foreign_key_leads_with_the_organization(raw: asyncpg.Connection) -> None:
    keys = await raw.fetch(
        "SELECT c.conname, (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) AS first"
        " FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0"
    )
    assert keys
    assert [key["conname"] for key in keys if key["first"] != "organization_id"] == []


async def test_the_applications_own_filter_holds_without_the_net(
    world: World, organization: Organization, database_urls: DatabaseUrls
) -> None:
    """The ORM's filter alone, as a statement: it names the organization, so that either net is enough."""
    async with world.kpi_api.database.read(organization.id) as session:
        seen: list[str] = []
        connection = await session.connection()
        hooks.listen(connection.sync_connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        await session.scalars(select(Event))
    assert issubclass(Event, OrganizationRow)
    assert "events.organization_id = " in seen[0]


@pytest.mark.parametrize("table", ["events", "event_numbers", "audit_records", "audit_links"])
@pytest.mark.parametrize("role", ["kpi_api", "kpi_api_owner"])
async def test_what_is_append_only_refuses_change_whoever_asks(
    world: World, organization: Organization, database_urls: DatabaseUrls, table: str, role: str
) -> None:
    async with world.kpi_api.database.write(organization.id) as session:
        await audit.record(session, "test", "read", "note", new_id())
        await events.record(session, "note.made", "note", new_id())
    await world.work()
    connection = await asyncpg.connect(getattr(database_urls, role))
    try:
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):  # noqa: PT012
                async with connection.transaction():
                    await connection.execute("SELECT open_transaction($1)", organization.id)
                    await connection.execute(statement)
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
            await connection.execute(f"TRUNCATE {table} CASCADE")
    finally:
        await connection.close()
