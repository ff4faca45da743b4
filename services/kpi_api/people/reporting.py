"""The dated closure of reporting lines: who stands above whom, how far, and when. Written with each change of employments.

A line from a person to a manager holds while the person's primary employment names that manager and the manager has a primary employment
too: with a manager who is hired later it starts when both are there. Rows of depth 1 are these lines; deeper rows are the walk up along
them. One organization changes its lines one transaction at a time (`lock`), so that two moves at once cannot make a circle.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text

from chassis.database import WriteSession
from chassis.query_plans import planned_for

MAX_DEPTH = 50
MAX_NAMED = 10

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('reporting_lines ' || :organization_id, 0))")

# Everybody whose line upward may differ now: the changed, who reports to them, and all below. UNION ends the walk in a circle.
COLLECT_AFFECTED = """
INSERT INTO affected
WITH RECURSIVE below (person_id) AS (
  SELECT unnest(CAST(:changed AS uuid[]))
  UNION
  SELECT e.person_id FROM below b
  JOIN employments e ON e.organization_id = :organization_id AND e.manager_id = b.person_id AND e.is_primary
)
SELECT person_id FROM below
"""

DELETE_LINES = """
DELETE FROM reporting_lines r USING affected a WHERE r.organization_id = :organization_id AND r.person_id = a.person_id
"""

# range_agg joins lines that touch, such as those on both sides of a change of role under the same manager.
WRITE_LINES = """
CREATE TEMP TABLE lines ON COMMIT DROP AS
SELECT person_id, manager_id, unnest(range_agg(valid)) AS valid
FROM (
  SELECT e.person_id, e.manager_id, daterange(e.valid_from, e.valid_to) * daterange(m.valid_from, m.valid_to) AS valid
  FROM affected a
  JOIN employments e ON e.organization_id = :organization_id AND e.person_id = a.person_id AND e.is_primary
  JOIN employments m ON m.organization_id = :organization_id AND m.person_id = e.manager_id AND m.is_primary
    AND daterange(e.valid_from, e.valid_to) && daterange(m.valid_from, m.valid_to)
) AS both_there
GROUP BY person_id, manager_id
"""

ADD_LINES_ABOVE = """
INSERT INTO lines
WITH RECURSIVE above (person_id) AS (
  SELECT DISTINCT manager_id FROM lines WHERE manager_id NOT IN (SELECT person_id FROM affected)
  UNION
  SELECT r.manager_id FROM above a
  JOIN reporting_lines r ON r.organization_id = :organization_id AND r.person_id = a.person_id AND r.depth = 1
)
SELECT r.person_id, r.manager_id, daterange(r.valid_from, r.valid_to)
FROM above a JOIN reporting_lines r ON r.organization_id = :organization_id AND r.person_id = a.person_id AND r.depth = 1
"""

# A walk stops where it meets its own start: that row shows the circle.
WALK = f"""
CREATE TEMP TABLE walk ON COMMIT DROP AS
WITH RECURSIVE up (person_id, manager_id, depth, valid) AS (
  SELECT l.person_id, l.manager_id, 1, l.valid FROM lines l JOIN affected a USING (person_id)
  UNION ALL
  SELECT up.person_id, l.manager_id, up.depth + 1, up.valid * l.valid
  FROM up JOIN lines l ON l.person_id = up.manager_id AND l.valid && up.valid
  WHERE up.manager_id <> up.person_id AND up.depth <= {MAX_DEPTH}
)
SELECT * FROM up
"""  # noqa: S608

# Two stand in one circle when each walk meets the other's start; one file may make several circles at once.
CIRCLES = """
SELECT DISTINCT there.person_id, p.external_id
FROM walk own
JOIN walk there ON there.person_id = own.person_id
JOIN walk back ON back.person_id = there.manager_id AND back.manager_id = there.person_id
JOIN persons p ON p.organization_id = :organization_id AND p.id = there.manager_id
WHERE own.person_id = own.manager_id
"""

# Ids of derived rows are made where the rows are.
WRITE_WALK = """
INSERT INTO reporting_lines (organization_id, id, manager_id, person_id, depth, valid_from, valid_to)
SELECT :organization_id, gen_random_uuid(), manager_id, person_id, depth, lower(valid), upper(valid) FROM walk
"""


class CircleFound(Exception):
    """These persons would report to themselves: by id, the external ids in their own circle. The caller knows which change did it."""

    def __init__(self, circles: Mapping[UUID, Collection[str]]) -> None:
        super().__init__("circle")
        self.circles = circles

    def around(self, person_id: UUID) -> str:
        """Who stands in this person's circle."""
        return ", ".join(sorted(self.circles[person_id])[:MAX_NAMED])

    def __str__(self) -> str:
        return ", ".join(sorted({name for names in self.circles.values() for name in names})[:MAX_NAMED])


class TooDeep(Exception):
    """More than MAX_DEPTH managers stand above somebody."""


async def lock(session: WriteSession) -> None:
    """Wait until no other transaction changes this organization's employments; held to the end of the transaction."""
    await session.execute(LOCK, {"organization_id": str(session.organization_id)})


async def rebuild(session: WriteSession, changed: Collection[UUID]) -> set[UUID]:
    """Write the closure anew for everybody whose line upward touches one of `changed`. The caller holds the lock.

    Returns who that was: the changed and all below them. Raises CircleFound, TooDeep.
    """
    keys = {"organization_id": session.organization_id}
    await _run(session, "DROP TABLE IF EXISTS pg_temp.affected, pg_temp.lines, pg_temp.walk")
    await _run(session, "CREATE TEMP TABLE affected (person_id uuid PRIMARY KEY) ON COMMIT DROP")
    await session.execute(text(COLLECT_AFFECTED), {**keys, "changed": list(changed)})
    affected = set((await session.scalars(text("SELECT person_id FROM affected"))).all())
    async with planned_for(session, len(affected)):
        for statement in (DELETE_LINES, WRITE_LINES, ADD_LINES_ABOVE):
            await session.execute(text(statement), keys)
        await session.execute(text(WALK))
        await _check_walk(session)
        await session.execute(text(WRITE_WALK), keys)
    return affected


async def _check_walk(session: WriteSession) -> None:
    circles: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in await session.execute(text(CIRCLES), {"organization_id": session.organization_id}):
        circles[row.person_id].add(row.external_id)
    if circles:
        raise CircleFound(circles)
    if (await session.scalar(text("SELECT max(depth) FROM walk")) or 0) > MAX_DEPTH:
        raise TooDeep()


async def _run(session: WriteSession, statement: str) -> None:
    await session.execute(text(statement))
