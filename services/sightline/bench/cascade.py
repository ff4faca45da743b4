"""`cascade.line_of_sight` and `cascade.subtree`: how long reads of the cascade take in a large company.

- `cascade.line_of_sight`: the 99th percentile of reading a KPI's line of sight as its owner, against the same in a company of a thousand
  people that has a database of its own: what grows with the company shows as a ratio over 1.
- `cascade.subtree`: the median time of reading the picture's data of a unit with 300 KPIs as its head, against one hand-written statement
  that answers the same JSON under the same rules of sight.

Each read is a transaction of its own under row-level security, and the viewer is loaded in it, as a request does. The sides take turns.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from statistics import median, quantiles
from typing import Any, Final

from sqlalchemy import text

from chassis.database import Database
from chassis.identity import Principal
from kpi_api.access.viewer import load_viewer
from kpi_api.cascade.lines import line_of_sight as read_line_of_sight
from kpi_api.cascade.subtrees.reading import Wanted, unit_cascade
from sightline.bench.company import CYCLE_CODE, KPIS_PER_PERSON, Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.embedded_postgres import EmbeddedPostgres

SMALL: Final = 1_000
ROUNDS: Final = 7
LINES: Final = 300
OWNERS: Final = 150
STRIDE: Final = 7_919
SUBTREES: Final = 15
FAR: Final = 100_000_000_000
"""The number of the unit and of its head, as in `cascade_unit.sql`."""


async def line_of_sight(stage: Stage, people: int) -> Figure:
    """The median of the rounds' 99th percentiles, in milliseconds."""
    stage.rest()
    large = await company_of(stage, people)
    async with _beside(stage) as beside:
        beside.rest()
        small = await company_of(beside, SMALL)
        async with _database(stage) as ours, _database(beside) as theirs:
            await _lines(ours, large)
            await _lines(theirs, small)
            rounds = [(await _lines(ours, large), await _lines(theirs, small)) for _ in range(ROUNDS)]
    value, baseline = (1000 * median(quantiles(times, n=100)[98] for times in side) for side in zip(*rounds, strict=True))
    return Figure("cascade.line_of_sight", value, "ms", baseline, "lower", 1.3)


@asynccontextmanager
async def _beside(stage: Stage) -> AsyncIterator[Stage]:
    """A second stage, opened in a thread, since opening runs loops of its own."""
    beside = Stage(stage.home.with_name(f"{stage.home.name}-small"), stage.report)
    await asyncio.to_thread(beside.__enter__)
    try:
        yield beside
    finally:
        await asyncio.to_thread(beside.__exit__, None, None, None)


@asynccontextmanager
async def _database(stage: Stage) -> AsyncIterator[Database]:
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    try:
        yield database
    finally:
        await database.close()


async def _lines(database: Database, company: Company) -> list[float]:
    """Seconds for each of many KPIs of different people."""
    times = []
    for number in range(LINES):
        kpi = STRIDE * (number % OWNERS) % (company.people * KPIS_PER_PERSON)
        start = time.perf_counter()
        async with database.read(company.organization_id) as session:
            owner = company.owner_of(kpi)
            viewer = await load_viewer(Principal("person", company.organization_id, str(owner), owner), session)
            found = await read_line_of_sight(viewer, session, company.kpi(kpi))
        times.append(time.perf_counter() - start)
        if len(found.paths[0]) != 5:
            raise BenchFailed(f"A line of sight has {len(found.paths[0])} steps.", "The generator makes five levels.")
    return times


async def subtree(stage: Stage, people: int) -> Figure:
    """The median, in milliseconds."""
    stage.rest()
    company = await company_of(stage, people)
    await _add_unit(stage, company)
    async with _database(stage) as database:
        await _require_same(database, company)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            for _ in range(SUBTREES):
                theirs.append(await _seconds(database, company, _by_hand))
                ours.append(await _seconds(database, company, _by_us))
    return Figure("cascade.subtree", 1000 * median(ours), "ms", 1000 * median(theirs), "lower", 2.0)


async def _add_unit(stage: Stage, company: Company) -> None:
    async with stage.administrator("kpi_api") as connection, connection.transaction():
        await connection.execute("SELECT set_config('bench.organization', $1, true)", str(company.organization_id))
        await connection.execute("SELECT set_config('bench.people', $1, true)", str(company.people))
        for name in ("company_common", "cascade_unit"):
            await connection.execute(files("sightline.bench").joinpath(f"{name}.sql").read_text())
    async with stage.administrator("kpi_api") as connection:
        await connection.execute("ANALYZE")


async def _by_us(database: Database, company: Company) -> bytes:
    async with database.read(company.organization_id) as session:
        head = company.person(FAR)
        viewer = await load_viewer(Principal("person", company.organization_id, str(head), head), session)
        found = await unit_cascade(viewer, session, company.unit(FAR), CYCLE_CODE, Wanted())
    return found.model_dump_json().encode()


async def _by_hand(database: Database, company: Company) -> bytes:
    async with database.read(company.organization_id) as session:
        keys = {"organization": company.organization_id, "viewer": company.person(FAR), "unit": company.unit(FAR),
                "today": session.today, "cycle": CYCLE_CODE}  # fmt: skip
        answer: str = (await session.execute(BY_HAND, keys)).scalar_one()
    return answer.encode()


async def _seconds(database: Database, company: Company, read: Any) -> float:
    start = time.perf_counter()
    await read(database, company)
    return time.perf_counter() - start


async def _require_same(database: Database, company: Company) -> None:
    """Both give the same nodes and edges."""
    ours = _comparable(json.loads(await _by_us(database, company)))
    theirs = _comparable(json.loads(await _by_hand(database, company)))
    if ours != theirs or len(ours["nodes"]) != 300:
        raise BenchFailed(f"Nodes: {len(ours['nodes'])} and {len(theirs['nodes'])}, not the same 300.", "Make both answer the same.")


def _comparable(answer: dict[str, Any]) -> dict[str, Any]:
    nodes = {
        node["id"]: (node["name"], node["level"], node["status"], node["owning_unit"], node["owner"], node["targets"])
        for node in answer["nodes"]
    }
    return {"nodes": nodes, "edges": sorted((edge["child_id"], edge["parent_id"], edge["weight"]) for edge in answer["edges"])}


# Targets are worded as far as the generator's are: at least so many.
BY_HAND: Final = text(
    """
    WITH RECURSIVE units AS (
      SELECT id, name FROM org_units WHERE organization_id = :organization AND id = :unit
      UNION
      SELECT o.id, o.name FROM units u JOIN org_units o ON o.organization_id = :organization AND o.parent_id = u.id
    ),
    led AS (
      SELECT id FROM org_units WHERE organization_id = :organization AND head_id = :viewer
      UNION
      SELECT o.id FROM led l JOIN org_units o ON o.organization_id = :organization AND o.parent_id = l.id
    ),
    cycle AS (SELECT id FROM cycles WHERE organization_id = :organization AND code = :cycle),
    staff AS MATERIALIZED (
      SELECT person_id, unit_id FROM employments
      WHERE organization_id = :organization AND unit_id = ANY (ARRAY(SELECT id FROM units)) AND is_primary
        AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today)
    ),
    inside AS (
      SELECT k.id, k.name, k.level, k.status, u.id AS unit_id, u.name AS unit_name, NULL::uuid AS owner_id, NULL AS owner_name
      FROM kpis k JOIN units u ON u.id = k.owner_unit_id
      WHERE k.organization_id = :organization AND k.owner_unit_id = ANY (ARRAY(SELECT id FROM units))
        AND k.cycle_id = (SELECT id FROM cycle) AND (k.owner_unit_id IN (SELECT id FROM led) OR k.id = ANY (ARRAY(
          SELECT kpi_id FROM kpi_sights WHERE organization_id = :organization AND person_id = :viewer)))
      UNION ALL
      SELECT k.id, k.name, k.level, k.status, u.id, u.name, p.id, p.display_name
      FROM kpis k
      JOIN staff e ON e.person_id = k.owner_person_id
      JOIN persons p ON p.organization_id = :organization AND p.id = k.owner_person_id
      JOIN units u ON u.id = e.unit_id
      WHERE k.organization_id = :organization AND k.cycle_id = (SELECT id FROM cycle)
        AND k.owner_person_id = ANY (ARRAY(SELECT person_id FROM staff))
        AND (k.owner_person_id = :viewer
          OR k.owner_person_id = ANY (ARRAY(
            SELECT person_id FROM reporting_lines WHERE organization_id = :organization AND manager_id = :viewer
              AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today)))
          OR k.id = ANY (ARRAY(SELECT kpi_id FROM kpi_sights WHERE organization_id = :organization AND person_id = :viewer)))
    )
    SELECT json_build_object(
      'nodes', (
        SELECT json_agg(json_build_object('id', i.id, 'name', i.name, 'level', i.level, 'status', i.status,
          'owning_unit', json_build_object('id', i.unit_id, 'name', i.unit_name),
          'owner', CASE WHEN i.owner_id IS NOT NULL THEN json_build_object('id', i.owner_id, 'name', i.owner_name) END,
          'targets', (
            SELECT json_agg('at least ' || trim(to_char(t.value, '999,999')) ORDER BY t.position)
            FROM kpi_targets t WHERE t.organization_id = :organization AND t.kpi_id = i.id))
          ORDER BY i.unit_name, i.name) FROM inside i),
      'edges', (
        SELECT json_agg(json_build_object('child_id', c.child_id, 'parent_id', c.parent_id, 'weight', c.weight::text))
        FROM inside i JOIN contributions c ON c.organization_id = :organization AND c.child_id = i.id
        WHERE c.parent_id IN (SELECT id FROM inside)),
      'levels', (
        SELECT json_agg(json_build_object('level', l.level, 'kpis', l.kpis, 'by_unit', l.by_unit))
        FROM (
          SELECT level, sum(kpis) AS kpis, json_agg(json_build_object('unit', unit_name, 'kpis', kpis)) AS by_unit
          FROM (SELECT level, unit_name, count(*) AS kpis FROM inside GROUP BY level, unit_name) AS counted GROUP BY level) AS l))::text
    """
)
