"""The migrations make what the models say, and can be undone and done again."""

import asyncio
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from chassis import migrations
from chassis.database import async_url
from chassis.models import ChassisRow
from chassis.rows import AppendOnly
from sightline.embedded_postgres import DatabaseUrls, EmbeddedPostgres

SERVICES = ["kpi_api", "scoring"]


@pytest.fixture(scope="module")
def pair(postgres: EmbeddedPostgres) -> DatabaseUrls:
    """Fresh databases of these tests alone."""
    return postgres.create_database_pair("migrations")


def owner_url(pair: DatabaseUrls, service: str) -> str:
    return str(getattr(pair, f"{service}_owner"))


async def run_in(url: str, work: Any) -> Any:
    engine = create_async_engine(async_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
async def test_up_down_up_leaves_exactly_what_the_models_say(pair: DatabaseUrls, service: str) -> None:
    url = owner_url(pair, service)
    models = import_module(f"{service}.models")

    def differences(connection: Connection) -> Any:
        options = {"include_object": migrations.is_ours(models), "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), [ChassisRow.metadata, models.Base.metadata])

    # Given an empty database: up, all the way down, and up again
    await asyncio.to_thread(migrations.upgrade, service, url, f"{service}_service")
    await asyncio.to_thread(migrations.downgrade, service, url)
    left = await run_in(url, lambda connection: connection.exec_driver_sql(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'"
    ).scalars().all())  # fmt: skip
    assert left == []
    functions = await run_in(url, lambda connection: connection.exec_driver_sql(
        "SELECT p.proname FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'"
        " WHERE p.pronamespace = 'public'::regnamespace AND d.objid IS NULL"
    ).scalars().all())  # fmt: skip
    assert functions == []
    await asyncio.to_thread(migrations.upgrade, service, url, f"{service}_service")
    # Then the database is what the models say
    assert await run_in(url, differences) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_append_only_tables_refuse_change(database_urls: DatabaseUrls, service: str) -> None:
    models = import_module(f"{service}.models")
    rows = [mapper.class_ for base in (ChassisRow, models.Base) for mapper in base.registry.mappers]
    wanted = {row.__tablename__ for row in rows if issubclass(row, AppendOnly)}
    connection = await asyncpg.connect(owner_url(database_urls, service))
    try:
        found = await connection.fetch(
            "SELECT DISTINCT tgrelid::regclass::text AS name FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE tgname = 'append_only' AND NOT c.relispartition"
        )
    finally:
        await connection.close()
    assert {row["name"] for row in found} == wanted
