"""`scorecards.assign`: seconds to give a template to many people, against COPY and INSERT … SELECT of the same rows.

Ours is the worker's job, as it runs after `POST /v1/template-assignments`: people, eligibility, scorecards that are there and every KPI are
checked, and events written. By hand, the rows that ours has stored are taken away, copied into temporary tables, and inserted from there
with nothing asked. Both write as the service role under row-level security, with every foreign key and index.
"""

import io
import time
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from chassis.database import Database, WriteSession
from chassis.identifiers import new_id
from chassis.identity import Principal
from chassis.jobs import Job
from kpi_api.access.viewer import load_viewer
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.installation import install_library
from kpi_api.scorecards.assignments.actions import assign_template
from kpi_api.scorecards.assignments.jobs import assign
from kpi_api.scorecards.assignments.schemas import NewAssignment
from kpi_api.scorecards.schemas import TemplatePerson
from sightline.bench.company import Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.embedded_postgres import EmbeddedPostgres

MOST: Final = 10_000
AIM: Final = 5.0
CYCLE: Final = "2027"
TEMPLATE: Final = "sales_representative"
OF_CYCLE: Final = {
    "kpis": "cycle_id = $1",
    "kpi_targets": "kpi_id IN (SELECT id FROM kpis WHERE cycle_id = $1)",
    "scorecards": "cycle_id = $1",
    "scorecard_history": "scorecard_id IN (SELECT id FROM scorecards WHERE cycle_id = $1)",
    "scorecard_lines": "scorecard_id IN (SELECT id FROM scorecards WHERE cycle_id = $1)",
}
"""The tables written, each after those that it refers to, with what picks the assignment's rows."""

Tables = dict[str, bytes]


async def run(stage: Stage, people: int) -> Figure:
    """Seconds, once each, since the first writes what the other writes again."""
    stage.rest()
    company, wanted = await company_of(stage, people), min(people, MOST)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    try:
        assignment_id, cycle_id = await _begin(database, company, wanted)
        await stage.settle()
        start = time.perf_counter()
        await assign(Job(database, company.organization_id, {"assignment_id": str(assignment_id)}))
        ours = time.perf_counter() - start
    finally:
        await database.close()
    rows = await _take_away(stage, company, cycle_id)
    await stage.settle()
    start = time.perf_counter()
    async with stage.connection("kpi_api", company.organization_id) as connection:
        written = await _write(connection, rows)
    theirs = time.perf_counter() - start
    if written != wanted:
        raise BenchFailed(f"{written} scorecards were opened, of {wanted}.", "See the assignment's results.")
    return Figure("scorecards.assign", ours, "s", theirs, "lower", AIM)


async def _begin(database: Database, company: Company, people: int) -> tuple[UUID, UUID]:
    """The assignment, not yet worked on, and its cycle."""
    async with database.write(company.organization_id) as session:
        viewer = await load_viewer(Principal("person", company.organization_id, str(company.closer), company.closer), session)
        await install_library(viewer, session)
        cycle = await _add_cycle(session)
        whom = [TemplatePerson(person_id=company.person(place)) for place in range(people)]
        given = NewAssignment(template_code=TEMPLATE, cycle_code=CYCLE, people=whom)
        return (await assign_template(viewer, session, given)).id, cycle.id


async def _add_cycle(session: WriteSession) -> Cycle:
    first, middle, last = date(2027, 1, 1), date(2027, 6, 30), date(2027, 12, 31)
    cycle = Cycle(id=new_id(), code=CYCLE, name=CYCLE, starts_on=first, ends_on=last, mid_year_on=middle, status="open")
    session.add(cycle)
    await session.flush()
    return cycle


async def _take_away(stage: Stage, company: Company, cycle_id: UUID) -> Tables:
    """The rows that ours has stored, which are there no more afterwards."""
    rows: Tables = {}
    async with stage.connection("kpi_api", company.organization_id) as connection:
        for table, condition in OF_CYCLE.items():
            file = io.BytesIO()
            query = f"SELECT * FROM {table} WHERE {condition}"  # noqa: S608  # names of ours
            await connection.copy_from_query(query, cycle_id, output=file, format="binary")
            rows[table] = file.getvalue()
    async with stage.administrator("kpi_api") as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, condition in reversed(OF_CYCLE.items()):
            await connection.execute(f"DELETE FROM {table} WHERE {condition}", cycle_id)  # noqa: S608  # names of ours
    return rows


async def _write(connection: asyncpg.Connection, rows: Tables) -> int:
    """How many scorecards."""
    counts: dict[str, Any] = {}
    for table, file in rows.items():
        await connection.execute(f"CREATE TEMP TABLE arriving_{table} (LIKE {table}) ON COMMIT DROP")
        await connection.copy_to_table(f"arriving_{table}", source=io.BytesIO(file), format="binary")
        counts[table] = await connection.execute(f"INSERT INTO {table} SELECT * FROM arriving_{table}")  # noqa: S608  # names of ours
    return int(counts["scorecards"].split()[-1])
