"""Writing persons from rows, one or a hundred thousand by the same SQL: new ones are added, known ones changed where they differ."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text

from chassis.database import WriteSession

PersonStatus = Literal["created", "updated", "unchanged"]

COLUMNS: Final = {
    "external_id": "text", "user_name": "text", "email": "text", "given_name": "text", "family_name": "text", "display_name": "text",
    "active": "boolean", "hire_date": "date", "termination_date": "date", "birth_date": "date", "gender": "text",
}  # fmt: skip


class NewPersonRow(NamedTuple):
    """A person to write. `id` is used when nobody with the external id is there yet."""

    row: int
    id: UUID
    external_id: str
    user_name: str | None
    email: str | None
    given_name: str
    family_name: str
    display_name: str
    active: bool
    hire_date: date | None
    termination_date: date | None
    birth_date: date | None
    gender: str | None


INCOMING = f"""
CREATE TEMP TABLE incoming_persons ("row" integer PRIMARY KEY, id uuid, {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())},
  known boolean NOT NULL DEFAULT false) ON COMMIT DROP
"""

SWITCH_OFF_LEAVERS = "UPDATE incoming_persons SET active = false WHERE termination_date < :today"

RECOGNISE = """
UPDATE incoming_persons i SET id = p.id, known = true
FROM persons p WHERE p.organization_id = :organization_id AND p.external_id = i.external_id
"""

FIND_TAKEN_USER_NAMES = """
SELECT i."row", i.user_name FROM incoming_persons i
JOIN persons p ON p.organization_id = :organization_id AND lower(p.user_name) = lower(i.user_name) AND p.id <> i.id
"""

CHANGE = """
UPDATE persons p SET {assignments}, version = p.version + 1 FROM incoming_persons i
WHERE p.organization_id = :organization_id AND p.id = i.id AND i.known AND ROW({stored}) IS DISTINCT FROM ROW({incoming})
RETURNING i."row"
"""

# A last day that is taken back brings somebody back; who was deactivated without one stays so.
COMES_BACK = "(i.active AND (p.active OR p.termination_date IS NOT NULL))"

ADD = f"""
INSERT INTO persons (organization_id, id, version, {", ".join(COLUMNS)})
SELECT :organization_id, id, 1, {", ".join(COLUMNS)} FROM incoming_persons WHERE NOT known ORDER BY id
"""  # noqa: S608


class UserNamesTaken(Exception):
    """These rows carry a user name that somebody else has."""

    def __init__(self, rows: dict[int, str]) -> None:
        super().__init__("user names taken")
        self.rows = rows


async def write_persons(
    session: WriteSession, rows: Sequence[NewPersonRow], given: Collection[str]
) -> dict[int, tuple[UUID, PersonStatus]]:
    """Write the persons; `given` names the columns that known ones take over. Returns id and status by row. Raises UserNamesTaken."""
    keys = {"organization_id": session.organization_id}
    await session.execute(text("DROP TABLE IF EXISTS pg_temp.incoming_persons"))
    await session.execute(text(INCOMING))
    await (await session.driver()).copy_records_to_table("incoming_persons", records=rows, columns=NewPersonRow._fields)
    await session.execute(text(SWITCH_OFF_LEAVERS), {"today": session.today})
    await session.execute(text(RECOGNISE), keys)
    if taken := (await session.execute(text(FIND_TAKEN_USER_NAMES), keys)).all():
        raise UserNamesTaken({row.row: row.user_name for row in taken})
    changed = set((await session.scalars(text(_change(given)), keys)).all())
    await session.execute(text(ADD), keys)
    found = await session.execute(text('SELECT "row", id, known FROM incoming_persons'))
    return {row: (id_, "created" if not known else "updated" if row in changed else "unchanged") for row, id_, known in found}


def _change(given: Collection[str]) -> str:
    """CHANGE for the given columns. The names are those of COLUMNS, never input. What follows from given ones is taken with them."""
    taken = set(given)
    if taken >= {"given_name", "family_name"}:
        taken.add("display_name")
    if "termination_date" in taken:
        taken.add("active")
    values = {name: f"i.{name}" for name in COLUMNS if name in taken}
    if "active" not in given and "active" in taken:
        values["active"] = COMES_BACK
    assignments = ", ".join(f"{name} = {value}" for name, value in values.items())
    return CHANGE.format(assignments=assignments, stored=", ".join(f"p.{name}" for name in values), incoming=", ".join(values.values()))
