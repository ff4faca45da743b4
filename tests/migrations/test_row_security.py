"""Migrations lift row-level security from the tables whose rows they read or write: the owner would see none, and say nothing."""

import asyncio
import re
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import create_async_engine

from chassis import migrations
from chassis.database import async_url
from sightline.embedded_postgres import EmbeddedPostgres

ROWS = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
FORCED = "SELECT relname FROM pg_class WHERE relforcerowsecurity"
OF_THE_CATALOG = re.compile(r"\b(pg_\w+|alembic_version|information_schema)\b")


def blind(connection: Connection, statement: str) -> set[str]:
    """The tables that a statement about rows names while their policies hold for the owner too."""
    if not ROWS.match(statement) or OF_THE_CATALOG.search(statement):
        return set()
    return set(connection.exec_driver_sql(FORCED).scalars()) & set(re.findall(r"\w+", statement))


def statements_that_see_no_rows(connection: Connection, service: str) -> list[tuple[str, set[str]]]:
    """What the history of a service executes, up and all the way down, behind the policies."""
    found: list[tuple[str, set[str]]] = []

    def look(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if tables := blind(connection, statement):
            found.append((statement, tables))

    event.listen(connection, "before_cursor_execute", look)
    settings = migrations.config(service)
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    command.downgrade(settings, "base")
    return found


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
async def test_no_migration_reads_or_writes_rows_behind_the_policies(postgres: EmbeddedPostgres, service: str) -> None:
    pair = await asyncio.to_thread(postgres.create_database_pair, f"policies_{service}")
    engine = create_async_engine(async_url(getattr(pair, f"{service}_owner")))
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(statements_that_see_no_rows, service) == []
    finally:
        await engine.dispose()
