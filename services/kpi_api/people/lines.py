"""Setting primary employment lines, one or a hundred thousand by the same SQL.

"From this day this person works here, as that, under her": the line in force is cut at that day, one that starts the same day is corrected,
and a later line stays, so facts may arrive in any order. What the caller does not give is kept from the line in force. The caller holds the
lock of `reporting` and rebuilds the closure for the persons returned.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text

from chassis.database import WriteSession

Attribute = Literal["unit_id", "role_id", "manager_external_id", "fte", "legal_entity_id", "grade"]
ATTRIBUTES: Final[tuple[Attribute, ...]] = ("unit_id", "role_id", "manager_external_id", "fte", "legal_entity_id", "grade")

LineStatus = Literal["created", "updated", "unchanged", "overlap", "has_left", "end_before_start", "own_manager"]


class NewLine(NamedTuple):
    """A primary line to set. Without `valid_from` it holds from today, or for somebody without any line from `hire_date`."""

    row: int
    id: UUID
    person_id: UUID
    valid_from: date | None
    valid_to: date | None
    hire_date: date | None
    unit_id: UUID | None = None
    role_id: UUID | None = None
    manager_external_id: str | None = None
    fte: Decimal | None = None
    legal_entity_id: UUID | None = None
    grade: str | None = None


INCOMING = """
CREATE TEMP TABLE incoming_lines (
  "row" integer PRIMARY KEY, id uuid, person_id uuid, valid_from date, valid_to date, hire_date date,
  unit_id uuid, role_id uuid, manager_external_id text, fte numeric, legal_entity_id uuid, grade text
) ON COMMIT DROP
"""

# For somebody who has left, "today" is their last day.
FILL_IN_START = """
UPDATE incoming_lines i SET valid_from = coalesce(
  (SELECT least(CAST(:today AS date), p.termination_date) FROM employments e
   WHERE e.organization_id = :organization_id AND e.person_id = i.person_id AND e.is_primary
     AND daterange(e.valid_from, e.valid_to) @> least(CAST(:today AS date), p.termination_date)),
  (SELECT max(e.valid_from) FROM employments e WHERE e.organization_id = :organization_id AND e.person_id = i.person_id AND e.is_primary),
  i.hire_date, CAST(:today AS date))
FROM persons p
WHERE i.valid_from IS NULL AND p.organization_id = :organization_id AND p.id = i.person_id
"""

# The line in force on the day, with what the caller does not give taken from it, and where the new line ends.
PLAN = """
CREATE TEMP TABLE planned_lines ON COMMIT DROP AS
SELECT *, CASE
    WHEN valid_to <= valid_from THEN 'end_before_start'
    WHEN given_to > next_from THEN 'overlap'
    WHEN valid_from > last_day THEN 'has_left'
    WHEN manager_external_id = own_external_id THEN 'own_manager'
    WHEN old_id IS NULL THEN 'created'
    WHEN ROW({columns}, valid_to) IS NOT DISTINCT FROM ROW({old_columns}, old_to) THEN 'unchanged'
    ELSE 'updated' END AS status
FROM (
  SELECT i."row", i.id, i.person_id, i.valid_from, i.valid_to AS given_to, n.next_from, p.termination_date AS last_day,
    p.external_id AS own_external_id,
    coalesce(i.valid_to, CASE WHEN e.id IS NULL THEN n.next_from ELSE e.valid_to END) AS valid_to,
    e.id AS old_id, e.valid_from AS old_from, e.valid_to AS old_to, {old_values}, {new_values}
  FROM incoming_lines i
  JOIN persons p ON p.organization_id = :organization_id AND p.id = i.person_id
  LEFT JOIN employments e ON e.organization_id = :organization_id AND e.person_id = i.person_id AND e.is_primary
    AND e.valid_from <= i.valid_from AND (e.valid_to IS NULL OR e.valid_to > i.valid_from)
  LEFT JOIN LATERAL (
    SELECT min(f.valid_from) AS next_from FROM employments f
    WHERE f.organization_id = :organization_id AND f.person_id = i.person_id AND f.is_primary AND f.valid_from > i.valid_from
  ) n ON true
) AS found
"""

CORRECT = """
UPDATE employments e SET valid_to = l.valid_to, {assignments},
  manager_id = (SELECT m.id FROM persons m WHERE m.organization_id = :organization_id AND m.external_id = l.manager_external_id)
FROM planned_lines l
WHERE e.organization_id = :organization_id AND e.id = l.old_id AND l.status = 'updated' AND l.old_from = l.valid_from
"""

CUT = """
UPDATE employments e SET valid_to = l.valid_from FROM planned_lines l
WHERE e.organization_id = :organization_id AND e.id = l.old_id AND l.status = 'updated' AND l.old_from < l.valid_from
"""

ADD = """
INSERT INTO employments (organization_id, id, person_id, valid_from, valid_to, is_primary, manager_id, {columns})
SELECT :organization_id, l.id, l.person_id, l.valid_from, l.valid_to, true, m.id, {planned}
FROM planned_lines l
LEFT JOIN persons m ON m.organization_id = :organization_id AND m.external_id = l.manager_external_id
WHERE l.status = 'created' OR (l.status = 'updated' AND l.old_from < l.valid_from)
"""


def _statements(given: Collection[str]) -> tuple[str, str, str]:
    """PLAN, CORRECT and ADD with their columns written out; the names are the constants above, never input."""
    columns = ", ".join(ATTRIBUTES)
    standing = {"fte": "coalesce(e.fte, 1)"}
    plan = PLAN.format(
        columns=columns,
        old_columns=", ".join(f"old_{name}" for name in ATTRIBUTES),
        old_values=", ".join(f"e.{name} AS old_{name}" for name in ATTRIBUTES),
        new_values=", ".join(_value(name, given, standing.get(name, f"e.{name}")) for name in ATTRIBUTES),
    )
    correct = CORRECT.format(assignments=", ".join(f"{name} = l.{name}" for name in ATTRIBUTES))
    return plan, correct, ADD.format(columns=columns, planned=", ".join(f"l.{name}" for name in ATTRIBUTES))


def _value(name: str, given: Collection[str], standing: str) -> str:
    if name not in given:
        return f"{standing} AS {name}"
    return f"coalesce(i.fte, {standing}) AS fte" if name == "fte" else f"i.{name}"


async def set_lines(session: WriteSession, new_lines: Sequence[NewLine], given: Collection[Attribute]) -> dict[int, LineStatus]:
    """Set these lines, at most one for each person; `given` names the attributes they state. Returns the status of each row.

    Rows of status `overlap` (their own end runs into a later line), `has_left`, `end_before_start` and `own_manager` are left out.
    """
    keys = {"organization_id": session.organization_id}
    plan, correct, add = _statements(given)
    await session.execute(text("DROP TABLE IF EXISTS pg_temp.incoming_lines, pg_temp.planned_lines"))
    await session.execute(text(INCOMING))
    await (await session.driver()).copy_records_to_table("incoming_lines", records=new_lines, columns=NewLine._fields)
    await session.execute(text(FILL_IN_START), {**keys, "today": session.today})
    await session.execute(text(plan), keys)
    for statement in (correct, CUT, add):
        await session.execute(text(statement), keys)
    found = await session.execute(text('SELECT "row", status FROM planned_lines'))
    return {row.row: row.status for row in found}


END_LINES = """
UPDATE employments e SET valid_to = p.termination_date + 1 FROM persons p
WHERE e.organization_id = :organization_id AND p.organization_id = :organization_id AND p.id = e.person_id
  AND p.id = ANY(:person_ids) AND e.valid_from <= p.termination_date AND (e.valid_to IS NULL OR e.valid_to > p.termination_date + 1)
RETURNING e.person_id
"""

REMOVE_LATER_LINES = """
DELETE FROM employments e USING persons p
WHERE e.organization_id = :organization_id AND p.organization_id = :organization_id AND p.id = e.person_id
  AND p.id = ANY(:person_ids) AND e.valid_from > p.termination_date
RETURNING e.person_id
"""


async def end_lines(session: WriteSession, person_ids: Sequence[UUID]) -> set[UUID]:
    """End every line of these persons with the last day stated at them; planned lines after it are removed. Returns whose lines changed."""
    keys = {"organization_id": session.organization_id, "person_ids": list(person_ids)}
    ended = set((await session.scalars(text(END_LINES), keys)).all())
    return ended | set((await session.scalars(text(REMOVE_LATER_LINES), keys)).all())


RESOLVE_MANAGERS = """
UPDATE employments e SET manager_id = p.id FROM persons p
WHERE e.organization_id = :organization_id AND p.organization_id = :organization_id AND e.manager_id IS NULL
  AND p.external_id = e.manager_external_id AND p.id = ANY(:person_ids) AND p.id <> e.person_id
RETURNING e.person_id
"""


async def resolve_managers(session: WriteSession, person_ids: Sequence[UUID]) -> set[UUID]:
    """Link lines that waited for these persons as their managers. Returns whose lines changed."""
    keys = {"organization_id": session.organization_id, "person_ids": list(person_ids)}
    return set((await session.scalars(text(RESOLVE_MANAGERS), keys)).all())
