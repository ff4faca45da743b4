"""Many rows of one table in a few statements.

From so many rows on, they are copied into a temporary table and inserted from there, since row-level security refuses COPY into the table
itself: the database then checks and writes them together instead of one statement after another.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from chassis.database import WriteSession
from chassis.identifiers import new_id

COPIED_FROM: Final = 200
"""Below it, a temporary table costs more than it saves."""

DIALECT: Final = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


async def insert_rows(session: WriteSession, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; ids are made here where a row has none, and columns left out take their defaults."""
    values = [{"organization_id": session.organization_id, "id": new_id(), **row} for row in rows]
    if len(values) >= COPIED_FROM:
        await _copy(session, table, values)
    elif values:
        await session.execute(insert(table), values)


async def _copy(session: WriteSession, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    columns = [Column(name, table.c[name].type) for name in values[0]]
    names = [column.name for column in columns]
    arriving = Table(f"arriving_{table.name}", MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    connection = await session.connection()
    await connection.run_sync(arriving.create, checkfirst=False)
    records = zip(*(_as_sent(column, values) for column in columns), strict=True)
    await (await session.driver()).copy_records_to_table(arriving.name, records=records, columns=names)
    await session.execute(insert(table).from_select(names, select(arriving)))
    await connection.run_sync(arriving.drop, checkfirst=False)


def _as_sent(column: Column[Any], values: Sequence[Mapping[str, Any]]) -> Iterable[Any]:
    """A column's values as the driver takes them, JSON as its text."""
    process = column.type.dialect_impl(DIALECT).bind_processor(DIALECT)
    found = (row[column.name] for row in values)
    return found if process is None else map(process, found)
