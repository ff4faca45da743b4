"""What a service holds about one person, as data: which tables, by which column, which of it an export shows and what erasure empties.

A service lists its `Holding`s, also of tables whose domains stand above people, by name. A test walks the catalogue of the database, so
that a table which names a person is listed, or excepted with a reason. Rows stay under the person's opaque id; what tells who that is goes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Table, and_, case, delete, literal, select, update

from chassis.database import ReadSession, WriteSession
from chassis.numbers import plain_text

ERASED: Final = "erased"
ERASED_ID: Final = "erased:{person_id}"
"""Stands where something must be told apart from others of its kind, such as an id of the HRIS."""

NOT_SHOWN: Final = {"organization_id", "version"}

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Holding:
    """The rows of a table that are about a person: `person` names them, in this table or in the one its rows belong to.

    `belongs` is (column, table) of that other one. `prefix` is what stands before the id where it is kept as text. `shows` are the columns
    exported, all when null; few of a row that is about somebody else and only names the person. `only` leaves out what is not to be seen
    yet. `erases` is by column what erasure puts there: null, or a text for what was not null. `removed`: erasure removes the rows.
    """

    name: str
    table: str
    person: str = "person_id"
    belongs: tuple[str, str] | None = None
    prefix: str | None = None
    shows: tuple[str, ...] | None = None
    only: Callable[[Tables], ColumnElement[bool]] | None = None
    erases: Mapping[str, str | None] = field(default_factory=dict)
    removed: bool = False

    def rows_of(self, tables: Tables, organization_id: UUID, person_id: UUID) -> ColumnElement[bool]:
        """The condition of the person's rows."""
        table = tables[self.table]
        owner = table if self.belongs is None else tables[self.belongs[1]]
        whose: ColumnElement[bool] = owner.c[self.person] == (person_id if self.prefix is None else f"{self.prefix}{person_id}")
        if self.belongs is not None:
            owned = select(owner.c.id).where(owner.c.organization_id == organization_id, whose)
            whose = table.c[self.belongs[0]].in_(owned)
        return and_(table.c.organization_id == organization_id, whose)


class LeftOut(BaseModel):
    """What an export does not hold, and why."""

    what: str
    reason: str


class PersonExport(BaseModel):
    """Everything that a service holds about one person: by kind of record its rows, with decimals as text."""

    service: str
    person_id: UUID
    exported_at: datetime
    records: dict[str, list[dict[str, Any]]] = Field(examples=[{"persons": [{"id": "0198c5d2-0000-7000-8000-000000000001"}]}])
    left_out: list[LeftOut]


async def records_of(session: ReadSession, holdings: Sequence[Holding], tables: Tables, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """By name of holding its rows, the oldest first. The caller has found the person for its viewer."""
    return {holding.name: await _records(session, holding, tables, person_id) for holding in holdings}


async def _records(session: ReadSession, holding: Holding, tables: Tables, person_id: UUID) -> list[dict[str, Any]]:
    table = tables[holding.table]
    columns = [column for column in table.c if column.name in (holding.shows or table.c.keys()) and column.name not in NOT_SHOWN]
    wanted = select(*columns).where(holding.rows_of(tables, session.organization_id, person_id)).order_by(table.c.id)
    if holding.only is not None:
        wanted = wanted.where(holding.only(tables))
    return [{name: _plain(value) for name, value in row.items()} for row in (await session.execute(wanted)).mappings()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_text(value)
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


async def erase_records(session: WriteSession, holdings: Sequence[Holding], tables: Tables, person_id: UUID) -> None:
    """Empty and remove what the holdings say, in the caller's transaction. Again is harmless."""
    await session.flush()
    for holding in holdings:
        table, mine = tables[holding.table], holding.rows_of(tables, session.organization_id, person_id)
        if holding.removed:
            await session.execute(delete(table).where(mine))
        elif holding.erases:
            await session.execute(update(table).where(mine).values(_emptied(table, holding.erases, person_id)))
    session.expire_all()


def _emptied(table: Table, erases: Mapping[str, str | None], person_id: UUID) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: None if word is None else case((table.c[name].is_not(None), literal(word.format(person_id=person_id))))
        for name, word in erases.items()
    }
    return {**values, "version": table.c.version + 1} if "version" in table.c else values
