"""`import.people`: people a second through `POST /v1/people/import`, against the same rows written by hand.

The hand-written way: COPY the file into a temporary table, then one INSERT ... SELECT for each table that an import fills: units, roles,
persons, employments and the closure of reporting lines. It checks nothing, asks nobody and answers nothing.
"""

from io import BytesIO

import asyncpg

from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage, accepted, seconds
from sightline.organizations import NewOrganization

ROUNDS = 2
DEGREE = 8
PEOPLE_PER_UNIT = 100
ROLES = 12
HEADER = "external_id,user_name,email,given_name,family_name,hire_date,manager,unit,role,fte"

ARRIVING = """
CREATE TEMP TABLE arriving (
  external_id text, user_name text, email text, given_name text, family_name text, hire_date date, manager text, unit text, role text,
  fte numeric, id uuid DEFAULT gen_random_uuid()
) ON COMMIT DROP
"""

INSERTS = (
    """
    INSERT INTO org_units (organization_id, id, version, code, name, kind)
    SELECT $1, gen_random_uuid(), 1, unit, unit, 'team' FROM (SELECT DISTINCT unit FROM arriving) a
    """,
    """
    INSERT INTO roles (organization_id, id, version, code)
    SELECT $1, gen_random_uuid(), 1, role FROM (SELECT DISTINCT role FROM arriving) a
    """,
    """
    INSERT INTO role_versions (organization_id, id, role_id, number, effective_from, name, core_responsibilities, note, written_at,
      role_state)
    SELECT $1, gen_random_uuid(), id, 1, '1900-01-01', code, '[]', '', now(), 1 FROM roles WHERE organization_id = $1
    """,
    """
    INSERT INTO persons (organization_id, id, version, external_id, user_name, email, given_name, family_name, display_name, active,
      hire_date)
    SELECT $1, id, 1, external_id, user_name, email, given_name, family_name, given_name || ' ' || family_name, true,
      hire_date
    FROM arriving
    """,
    """
    INSERT INTO employments (organization_id, id, person_id, valid_from, unit_id, role_id, manager_id, manager_external_id, fte, is_primary)
    SELECT $1, gen_random_uuid(), a.id, a.hire_date, u.id, r.id, m.id, a.manager, a.fte, true
    FROM arriving a
    LEFT JOIN org_units u ON u.organization_id = $1 AND u.code = a.unit
    LEFT JOIN roles r ON r.organization_id = $1 AND r.code = a.role
    LEFT JOIN arriving m ON m.external_id = a.manager
    """,
    """
    INSERT INTO reporting_lines (organization_id, id, manager_id, person_id, depth, valid_from)
    WITH RECURSIVE up (person_id, manager_id, above, depth, valid_from) AS (
      SELECT a.id, m.id, m.manager, 1, greatest(a.hire_date, m.hire_date) FROM arriving a JOIN arriving m ON m.external_id = a.manager
      UNION ALL
      SELECT up.person_id, m.id, m.manager, up.depth + 1, greatest(up.valid_from, m.hire_date)
      FROM up JOIN arriving m ON m.external_id = up.above
    )
    SELECT $1, gen_random_uuid(), manager_id, person_id, depth, valid_from FROM up
    """,
)

WRITTEN = """
SELECT count(*) AS lines, count(DISTINCT r.person_id) AS persons,
  sum(hashtextextended(concat_ws(' ', p.external_id, m.external_id, r.depth, r.valid_from, u.code, o.name, e.fte), 0)) AS digest
FROM reporting_lines r
JOIN persons p ON p.organization_id = r.organization_id AND p.id = r.person_id
JOIN persons m ON m.organization_id = r.organization_id AND m.id = r.manager_id
JOIN employments e ON e.organization_id = r.organization_id AND e.person_id = r.person_id
JOIN org_units u ON u.organization_id = e.organization_id AND u.id = e.unit_id
JOIN role_versions o ON o.organization_id = e.organization_id AND o.role_id = e.role_id
WHERE r.organization_id = $1
"""


async def run(stage: Stage, people: int) -> Figure:
    """People a second, ours and theirs, the better of two rounds each."""
    stage.rest()
    table = people_file(people).encode()
    mine, theirs = [], []
    for number in range(ROUNDS):
        ours = await stage.new_organization(f"import {number}")
        hand_made = await stage.new_organization(f"import by hand {number}")
        theirs.append(await _by_hand(stage, hand_made, table))
        mine.append(await _through_the_api(stage, ours, table))
        await _require_same(stage, ours, hand_made)
    return Figure("import.people", people / min(mine), "rows/s", people / min(theirs), "higher", 0.5)


def people_file(people: int) -> str:
    """A CSV of people in a tree of degree 8, the managers in any order: a person's manager may come later in the file."""
    lines = [_line(number) for number in range(people)]
    return "\n".join([HEADER, *lines[people // 2 :], *lines[: people // 2], ""])


def _line(number: int) -> str:
    manager = f"E{(number - 1) // DEGREE}" if number else ""
    hired = f"{2010 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}"
    unit, role = f"unit-{number // PEOPLE_PER_UNIT}", f"role-{number % ROLES}"
    return f"E{number},user{number},user{number}@example.com,Given{number % 997},Family{number},{hired},{manager},{unit},{role},1"


async def _through_the_api(stage: Stage, organization: NewOrganization, table: bytes) -> float:
    await stage.settle()
    headers = {"Content-Type": "text/csv"}
    async with stage.client("kpi_api", organization.organization_id, organization.person_id) as client:

        async def post() -> None:
            accepted(await client.post("/v1/people/import?create_missing=true", content=table, headers=headers))

        return await seconds(post)


async def _by_hand(stage: Stage, organization: NewOrganization, table: bytes) -> float:
    await stage.settle()

    async def write() -> None:
        async with stage.connection("kpi_api", organization.organization_id) as connection:
            await connection.execute(ARRIVING)
            await copy_csv(connection, "arriving", HEADER, table)
            await connection.execute("ANALYZE arriving")
            for statement in INSERTS:
                await connection.execute(statement, organization.organization_id)

    return await seconds(write)


async def copy_csv(connection: asyncpg.Connection, table: str, header: str, content: bytes) -> None:
    """COPY a CSV with a header line into a table."""

    await connection.copy_to_table(table, source=BytesIO(content), columns=header.split(","), format="csv", header=True)


async def _require_same(stage: Stage, ours: NewOrganization, theirs: NewOrganization) -> None:
    async with stage.administrator("kpi_api") as connection:
        written = [await connection.fetchrow(WRITTEN, organization.organization_id) for organization in (ours, theirs)]
    if written[0] != written[1]:
        raise BenchFailed(f"The import wrote {written[0]}, the hand-written statements {written[1]}.", "Make both do the same.")
