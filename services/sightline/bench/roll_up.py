"""`cascade.rollup`: what the whole tree comes to, five levels from every person's KPIs to the board's, against one hand-written statement.

Ours is the first page of `GET /v1/cascade/roll-up` as hr_admin, without HTTP: its sums follow from every KPI there is. Both run as the
service role under row-level security and take turns.
"""

import time
from collections.abc import Awaitable
from decimal import Decimal
from typing import Final
from uuid import UUID

from chassis.access import Viewer
from chassis.database import Database, ReadSession
from chassis.identity import Principal
from chassis.pagination import CursorSigner, PageRequest
from kpi_api.access.viewer import load_viewer
from kpi_api.cycles.queries import cycle
from kpi_api.scores.roll_ups.queries import RollUpFilter, roll_ups_page, rolled_up
from sightline.bench.company import CYCLE_CODE, Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.embedded_postgres import EmbeddedPostgres

ROUNDS: Final = 3
PAGE: Final = 200
AIM: Final = 2.0

# What each person's KPI comes to goes into its team's, and each team's sum up the tree.
BY_HAND: Final = """
    WITH RECURSIVE leaf AS (
      SELECT k.id, round(sum(m.value) / count(*), 12) AS value
      FROM kpis k
      JOIN measurements m ON m.organization_id = k.organization_id AND m.kpi_id = k.id AND m.part = 'main'
        AND m.period_start BETWEEN k.window_start AND k.window_end
      WHERE k.organization_id = $1 AND k.roll_up = 'measured' AND k.status = 'active' AND NOT EXISTS (
        SELECT FROM measurements n WHERE n.organization_id = m.organization_id AND n.kpi_id = m.kpi_id AND n.part = m.part
          AND n.period_start = m.period_start AND n.revision > m.revision)
      GROUP BY k.id
    ),
    up AS (
      SELECT * FROM (
        SELECT c.parent_id AS kpi_id, sum(l.value) AS total, count(*) - count(l.value) AS missing
        FROM contributions c
        JOIN kpis k ON k.organization_id = c.organization_id AND k.id = c.child_id AND k.roll_up = 'measured' AND k.status = 'active'
        LEFT JOIN leaf l ON l.id = c.child_id
        WHERE c.organization_id = $1 GROUP BY c.parent_id
      ) AS team
      UNION ALL
      SELECT c.parent_id, up.total, up.missing FROM up JOIN contributions c ON c.organization_id = $1 AND c.child_id = up.kpi_id
    )
    SELECT kpi_id, CASE WHEN sum(missing) = 0 THEN sum(total) END FROM up GROUP BY kpi_id
"""

Values = dict[UUID, Decimal | None]


async def run(stage: Stage, people: int) -> Figure:
    """Seconds, the better of three rounds each."""
    stage.rest()
    company = await company_of(stage, people)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    ours, theirs = [], []
    try:
        async with database.read(company.organization_id) as session:
            viewer = await load_viewer(Principal("person", company.organization_id, str(company.closer), company.closer), session)
            for _ in range(ROUNDS):
                theirs.append(await _timed(_by_hand(session, company)))
                ours.append(await _timed(_through_the_door(session, viewer)))
    finally:
        await database.close()
    _require_same(ours[0][1], theirs[0][1])
    return Figure("cascade.rollup", min(seconds for seconds, _ in ours), "s", min(seconds for seconds, _ in theirs), "lower", AIM)


async def _by_hand(session: ReadSession, company: Company) -> Values:
    driver = await session.driver()
    return dict(await driver.fetch(BY_HAND, company.organization_id))


async def _through_the_door(session: ReadSession, viewer: Viewer) -> Values:
    wanted = RollUpFilter((await cycle(viewer, session, CYCLE_CODE)).id)
    rows = await roll_ups_page(viewer, session, PageRequest(PAGE, None, CursorSigner(b"bench")), wanted)
    return {item.kpi_id: item.value for item in await rolled_up(viewer, session, rows, wanted)}


async def _timed(work: Awaitable[Values]) -> tuple[float, Values]:
    start = time.perf_counter()
    found = await work
    return time.perf_counter() - start, found


def _require_same(ours: Values, theirs: Values) -> None:
    if not ours or any(theirs[id_] != value or value is None for id_, value in ours.items()):
        raise BenchFailed("The roll-up and the hand-written statement give different sums.", "Make both do the same work.")
