"""Examples of `raw-sql-from-values`: what it refuses, and what it lets pass."""

from sqlalchemy import text

TABLES = ("run_lines", "run_results")
CLEAR = [text(f"DELETE FROM {table} WHERE organization_id = :organization_id") for table in TABLES]
BY_NAME = text("SELECT id FROM persons WHERE organization_id = :organization_id AND name = :name")


async def find_by_name(session, name):
    # ruleid: raw-sql-from-values
    await session.execute(text(f"SELECT id FROM persons WHERE name = '{name}'"))
    # ruleid: raw-sql-from-values
    await session.execute(text("SELECT id FROM persons WHERE name = '%s'" % name))
    # ruleid: raw-sql-from-values
    await session.execute(text("SELECT id FROM persons WHERE name = '{}'".format(name)))
    # ruleid: raw-sql-from-values
    await session.execute(text("SELECT id FROM persons WHERE name = '" + name + "'"))
    # ok: raw-sql-from-values
    await session.execute(BY_NAME, {"organization_id": session.organization_id, "name": name})


async def fetch_sorted(connection, column):
    statement = f"SELECT id FROM persons ORDER BY {column}"
    # ruleid: raw-sql-from-values
    await connection.fetch(statement)
    # ok: raw-sql-from-values
    await connection.fetch("SELECT id FROM persons ORDER BY id")


async def clear(session):
    for statement in CLEAR:
        # ok: raw-sql-from-values
        await session.execute(statement, {"organization_id": session.organization_id})
