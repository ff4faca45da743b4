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
from functools import lru_cache
from importlib.resources import files
from statistics import median, quantiles
from typing import Any, Final

from sqlalchemy import TextClause, text

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
            await connection.execute(_script(name))
    async with stage.administrator("kpi_api") as connection:
        await connection.execute("ANALYZE")


def _script(name: str) -> str:
    return files("sightline.bench").joinpath(f"{name}.sql").read_text()


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
        answer: str = (await session.execute(_by_hand_statement(), keys)).scalar_one()
    return answer.encode()


@lru_cache
def _by_hand_statement() -> TextClause:
    return text(_script("cascade_by_hand"))


async def _seconds(database: Database, company: Company, read: Any) -> float:
    start = time.perf_counter()
    await read(database, company)
    return time.perf_counter() - start


async def _require_same(database: Database, company: Company) -> None:
    """Both give the same JSON: the same values in the same order."""
    ours, theirs = [json.loads(await read(database, company)) for read in (_by_us, _by_hand)]
    if ours != theirs or len(ours["nodes"]) != 300:
        differing = [name for name in ours if ours[name] != theirs.get(name)]
        raise BenchFailed(f"{len(ours['nodes'])} nodes; these differ: {differing}", "Make both answer the same 300.")
