"""The one Alembic environment of both histories. `chassis.migrations` says which service, which URL and which role works on the tables."""

import asyncio
from importlib import import_module

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import async_url
from chassis.migrations import is_ours
from chassis.models import ChassisRow

attributes = context.config.attributes
service: str = attributes["service"]
models = import_module(f"{service}.models")
METADATA: list[MetaData] = [ChassisRow.metadata, models.Base.metadata]

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def run(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    context.configure(
        connection=connection, target_metadata=METADATA, include_object=is_ours(models), compare_type=True, transaction_per_migration=False
    )
    with context.begin_transaction():
        context.run_migrations()
        if role := attributes.get("service_role"):
            grant(connection, role)


def grant(connection: Connection, role: str) -> None:
    """Let the service's role work on tables (parents only: a partition read directly would pass by the parent's policy) and functions."""
    tables = connection.execute(
        text(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
    ).scalars()
    for table in tables:
        connection.execute(text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"'))
    connection.execute(text(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"'))
    connection.execute(text(f'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{role}"'))


async def connect() -> None:
    engine = create_async_engine(async_url(attributes["url"]))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


if given := attributes.get("connection"):
    run(given)
else:
    asyncio.run(connect())
