"""Sealing anew, with the first key of the key file, everything that an organization keeps sealed; for the operator's command.

Columns are found by their mark (`sealing.SEALED`). A value is replaced only while it is the one that was read, so that a change made at the
same time stays. Run it as the role that owns the tables; row-level security holds for it too, so it goes organization by organization.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, MetaData, Table, bindparam, select, tuple_, update

from chassis.database import Database, WriteSession
from chassis.sealing import Sealer

BATCH = 500


def sealed_columns(metadata: Iterable[MetaData]) -> Iterator[Column[Any]]:
    """Every column that is marked as sealed."""
    for tables in metadata:
        for table in tables.sorted_tables:
            yield from (column for column in table.columns if column.info.get("sealed"))


async def reseal(database: Database, organization_id: UUID, columns: Iterable[Column[Any]], sealer: Sealer) -> int:
    """Seal every value of an organization with the sealer's first key; returns how many. Raises InvalidToken where no key fits."""
    return sum([await _reseal_column(database, organization_id, column, sealer) for column in columns])


async def _reseal_column(database: Database, organization_id: UUID, column: Column[Any], sealer: Sealer) -> int:
    count, last = 0, None
    while rows := await _reseal_batch(database, organization_id, column, sealer, last):
        count, last = count + len(rows), rows[-1][:-1]
    return count


async def _reseal_batch(
    database: Database, organization_id: UUID, column: Column[Any], sealer: Sealer, last: Sequence[Any] | None
) -> Sequence[Sequence[Any]]:
    """One batch in a transaction of its own. Returns its rows: key and former value."""
    key = list(_table(column).primary_key.columns)
    async with database.write(organization_id) as session:
        rows = await _next_rows(session, column, key, last)
        if rows:
            where = [part == bindparam(f"key_{place}") for place, part in enumerate(key)]
            statement = update(_table(column)).where(*where, column == bindparam("before")).values({column: bindparam("after")})
            connection = await session.connection()
            await connection.execute(statement, [_values(row, sealer) for row in rows])
    return rows


async def _next_rows(
    session: WriteSession, column: Column[Any], key: Sequence[ColumnElement[Any]], last: Sequence[Any] | None
) -> Sequence[Sequence[Any]]:
    statement = select(*key, column).where(_table(column).c.organization_id == session.organization_id, column.is_not(None))
    if last is not None:
        after = (bindparam(None, value, part.type) for value, part in zip(last, key, strict=True))
        statement = statement.where(tuple_(*key) > tuple_(*after))
    return (await session.execute(statement.order_by(*key).limit(BATCH))).all()


def _values(row: Sequence[Any], sealer: Sealer) -> dict[str, Any]:
    *key, before = row
    return {"before": before, "after": sealer.reseal(before)} | {f"key_{place}": part for place, part in enumerate(key)}


def _table(column: Column[Any]) -> Table:
    table: Table = column.table
    return table
