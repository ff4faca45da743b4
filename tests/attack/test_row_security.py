"""Row-level security over every table there is: by direct SQL as the service's role, another organization's rows are not there.

Each policy is taken away in turn, in a transaction that is rolled back, and the same probe must then find or take a row: else it proves
nothing.
"""

# ruff: noqa: S608  # the names of tables come from PostgreSQL's own catalogue

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chassis.jobs import Job
from chassis.row_security import EXEMPT_TABLES, SETTING
from sightline.embedded_postgres import EmbeddedPostgres
from tests.attack.cast import Cast

TABLES = (
    "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    " ORDER BY 1"
)


@pytest.fixture(params=["kpi_api", "scoring"])
def service(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
async def administrator(postgres: EmbeddedPostgres, cast: Cast, service: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, whom no policy binds, on a database that holds both organizations' records."""
    psql = postgres.psql()
    connection = await asyncpg.connect(host=psql.host, port=psql.port, user=psql.user, password=psql.password, database=service)
    yield connection
    await connection.close()


async def secured_tables(connection: asyncpg.Connection) -> list[str]:
    return [row["relname"] for row in await connection.fetch(TABLES) if row["relname"] not in EXEMPT_TABLES]


async def become_service(connection: asyncpg.Connection, service: str, organization: object = None) -> None:
    await connection.execute(f"SET ROLE {service}_service")
    await connection.execute("SELECT set_config($1, $2, true)", SETTING, "" if organization is None else str(organization))


async def test_a_table_without_a_policy_is_on_the_list_of_exceptions(administrator: asyncpg.Connection) -> None:
    rows = await administrator.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS secured"
        f" FROM pg_class c WHERE c.oid IN (SELECT c.oid FROM pg_class c WHERE c.relname IN ({TABLES.replace(' ORDER BY 1', '')}))"
        " AND c.relnamespace = 'public'::regnamespace"
    )
    assert {row["relname"] for row in rows if not row["secured"]} <= EXEMPT_TABLES.keys()


@pytest.mark.parametrize("whose", ["nobody", "abroad"])
async def test_no_table_shows_a_row_of_ours(administrator: asyncpg.Connection, service: str, cast: Cast, whose: str) -> None:
    """Without the setting, and with another organization's."""
    ours, filled = cast.home.organization.id, 0
    for table in await secured_tables(administrator):
        filled += await administrator.fetchval(f"SELECT count(*) FROM {table} WHERE organization_id = $1", ours) > 0
        async with administrator.transaction():
            await become_service(administrator, service, None if whose == "nobody" else cast.abroad.organization.id)
            if await administrator.fetchval("SELECT has_table_privilege($1, 'SELECT')", table):
                assert await administrator.fetchval(f"SELECT count(*) FROM {table} WHERE organization_id = $1", ours) == 0, table
            if whose == "nobody" and await administrator.fetchval("SELECT has_table_privilege($1, 'SELECT')", table):
                assert await administrator.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        await administrator.execute("RESET ROLE")
    assert filled > 20, "the cast should have filled the tables"


async def probe(connection: asyncpg.Connection, service: str, table: str, mine: object, theirs: object) -> bool:
    """Whether the service's role, with the setting `mine`, gets at `theirs`: sees a row, or has one taken that is not its own."""
    async with connection.transaction():
        await become_service(connection, service, mine)
        try:
            if await connection.fetchval("SELECT has_table_privilege($1, 'SELECT')", table):
                count = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE organization_id = $1", theirs)
                if count:
                    return True
            return await _takes_a_row(connection, table, theirs)
        finally:
            await connection.execute("RESET ROLE")


async def _takes_a_row(connection: asyncpg.Connection, table: str, theirs: object) -> bool:
    """Whether a row of another organization gets past the policy; what is refused after it does not matter."""
    if not await connection.fetchval("SELECT has_table_privilege($1, 'INSERT')", table):
        return False
    try:
        async with connection.transaction():
            await connection.execute(f"INSERT INTO {table} (organization_id) VALUES ($1)", theirs)
    except asyncpg.InsufficientPrivilegeError as refused:
        return "row-level security" not in str(refused)
    except asyncpg.PostgresError:
        return True
    return True


async def test_each_policy_taken_away_is_missed(administrator: asyncpg.Connection, service: str, cast: Cast) -> None:
    """Dropped, nobody gets at their own rows; open, everybody gets at them. As it is, they do and others do not."""
    ours, other = cast.home.organization.id, cast.abroad.organization.id
    for table in await secured_tables(administrator):
        assert await probe(administrator, service, table, ours, ours), table
        assert not await probe(administrator, service, table, other, ours), table
        async with undone(administrator, f"DROP POLICY organization ON {table}"):
            assert not await probe(administrator, service, table, ours, ours), table
        async with undone(administrator, f"ALTER POLICY organization ON {table} USING (true) WITH CHECK (true)"):
            assert await probe(administrator, service, table, other, ours), table
        async with undone(administrator, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"):
            assert await probe(administrator, service, table, other, ours), table


@asynccontextmanager
async def undone(connection: asyncpg.Connection, change: str) -> AsyncIterator[None]:
    """A change for the time of the block."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(change)
        yield
    finally:
        await transaction.rollback()


async def test_each_exception_serves_one_look_up_and_nothing_else(administrator: asyncpg.Connection, service: str, cast: Cast) -> None:
    """A key or a source is found by its id before its organization is known, by the owner's function; without its policy nothing is."""
    exceptions = await administrator.fetch(
        "SELECT polrelid::regclass::text AS table, polname, polcmd, polroles FROM pg_policy WHERE polname <> 'organization'"
    )
    look_ups = {"api_keys": "find_api_key", "hris_sources": "find_hris_source"}  # pragma: allowlist secret
    assert {row["table"] for row in exceptions} == (look_ups.keys() if service == "kpi_api" else {"api_keys"})  # pragma: allowlist secret
    for row in exceptions:
        id_ = await administrator.fetchval(f"SELECT id FROM {row['table']} WHERE organization_id = $1", cast.home.organization.id)
        assert await _found(administrator, service, look_ups[row["table"]], id_)
        async with undone(administrator, f'DROP POLICY "{row["polname"]}" ON {row["table"]}'):
            assert not await _found(administrator, service, look_ups[row["table"]], id_)


async def _found(connection: asyncpg.Connection, service: str, function: str, id_: object) -> bool:
    """Whether the service, with no organization set, is told something by the function."""
    async with connection.transaction():
        await become_service(connection, service)
        try:
            return bool(await connection.fetchval(f"SELECT count(*) FROM {function}($1) AS found WHERE NOT (found IS NULL)", id_))
        finally:
            await connection.execute("RESET ROLE")


async def test_after_pooling_an_error_and_in_a_job_nothing_is_left_over(service: str, cast: Cast) -> None:
    database = getattr(cast.world, service).database
    ours, other = cast.home.organization.id, cast.abroad.organization.id
    async with database.read(ours) as session:
        driver = await session.driver()
        tables = [row["relname"] for row in await driver.fetch(TABLES) if row["relname"] not in EXEMPT_TABLES]
        readable = [table for table in tables if await driver.fetchval("SELECT has_table_privilege($1, 'SELECT')", table)]
    count = " + ".join(f"(SELECT count(*) FROM {table} WHERE organization_id = $1)" for table in readable)
    async with database.read(ours) as session:
        assert await (await session.driver()).fetchval(f"SELECT {count}", ours) > 100
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # what follows the error is the point
        async with database.write(ours) as session:
            await (await session.driver()).fetchval(f"SELECT {count}", ours)
            raise ZeroDivisionError
    for _ in range(database.engine.pool.size() * 2):
        async with database.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert await driver.fetchval(f"SELECT {count}", ours) == 0
    # A job is told its organization and opens its sessions by it.
    job = Job(database, other, {}, getattr(cast.world, service).app.state.resources)
    async with job.database.read(job.organization_id) as session:
        assert await (await session.driver()).fetchval(f"SELECT {count}", ours) == 0


async def test_no_row_can_point_at_one_of_another_organization(administrator: asyncpg.Connection) -> None:
    """Every foreign key between tables of organizations begins with the organization on both sides."""
    keys = await administrator.fetch(
        "SELECT c.conname, c.conrelid::regclass::text AS from_table,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) AS here,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = c.confkey[1]) AS there"
        " FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0"
    )
    assert len(keys) > 10
    assert {(key["here"], key["there"]) for key in keys if key["there"] != "id" or key["here"] != "organization_id"} == {
        ("organization_id", "organization_id")
    }


async def test_no_partition_can_be_read_past_its_parent(administrator: asyncpg.Connection, service: str) -> None:
    partitions = await administrator.fetch(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    for row in partitions:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # noqa: PT012
            async with administrator.transaction():
                await become_service(administrator, service)
                await administrator.execute(f"SELECT 1 FROM {row['relname']}")
    assert partitions or service == "scoring"
