"""`access.page.*`: the median time of a page of 50 KPIs in sight, against the same query without the filter of sight.

`leaf` leads nobody, `manager` stands in the middle of the tree, `executive` at its top. Each reads its list page by page from the start,
as the service role under row-level security; the two sides take turns.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import Final
from uuid import UUID

from chassis.access import Viewer
from chassis.database import Database
from chassis.identity import Principal
from chassis.pagination import CursorSigner, PageRequest
from kpi_api.access.viewer import load_viewer
from kpi_api.cascade.queries import KpiFilter, kpis_page
from sightline.bench.company import Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.bench.unchecked_server import UNFILTERED
from sightline.embedded_postgres import EmbeddedPostgres

PAGES: Final = 15
ROUNDS: Final = 3
AIM: Final = 2.0


def places(people: int) -> Mapping[str, int]:
    """By figure the place of its viewer in the tree of degree 8, of which 0 is the root."""
    return {"leaf": people - 1, "manager": 9, "executive": 0}


async def leaf(stage: Stage, people: int) -> Figure:
    return await _page_figure(stage, people, "leaf")


async def manager(stage: Stage, people: int) -> Figure:
    return await _page_figure(stage, people, "manager")


async def executive(stage: Stage, people: int) -> Figure:
    return await _page_figure(stage, people, "executive")


async def _page_figure(stage: Stage, people: int, name: str) -> Figure:
    company = await company_of(stage, people)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    try:
        viewer = await _viewer(database, company, company.person(places(people)[name]))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs += await _page_times(database, replace(viewer, matrix=UNFILTERED))
            ours += await _page_times(database, viewer)
    finally:
        await database.close()
    return Figure(f"access.page.{name}", 1000 * median(ours), "ms", 1000 * median(theirs), "lower", AIM)


async def _viewer(database: Database, company: Company, person_id: UUID) -> Viewer:
    """Somebody without granted roles, as the service would load them."""
    async with database.read(company.organization_id) as session:
        return await load_viewer(Principal("person", company.organization_id, str(person_id), person_id), session)


async def _page_times(database: Database, viewer: Viewer) -> list[float]:
    """Seconds for each page, from the first on; a list that ends sooner starts again."""
    times: list[float] = []
    page = PageRequest(50, None, CursorSigner(b"bench"))
    async with database.read(viewer.organization_id) as session:
        for _ in range(PAGES):
            start = time.perf_counter()
            rows = await kpis_page(viewer, session, page, KpiFilter())
            times.append(time.perf_counter() - start)
            if not rows:
                raise BenchFailed("The viewer sees no KPI.", "The generator and the matrix disagree.")
            page = replace(page, cursor=rows.next)
    return times
