"""`findings.one` and `findings.cycle`: how long the design linter takes, against the lower bound of reading what it looks at.

- `findings.one`: the median time of everything found about one scorecard, against reading that scorecard with its KPIs and targets.
- `findings.cycle`: seconds for every scorecard of a cycle, some hundred at a time, against the same statements' rows read into Python and
  nothing done with them. It fails where memory grows with the scorecards.

Both sides look the viewer up and run under row-level security, and take turns.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Any, Final
from uuid import UUID

import psutil

from chassis.access import Viewer
from chassis.database import Database, ReadSession
from chassis.identity import Principal
from kpi_api.access.viewer import load_viewer
from kpi_api.scorecards.findings import reading
from kpi_api.scorecards.findings.noted import Linter
from kpi_api.scorecards.findings.queries import CHUNK, cards_of, in_chunks, noted_of_cards
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.queries import lines, scorecard
from sightline.bench.company import CYCLE_CODE, Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.embedded_postgres import EmbeddedPostgres

CARDS: Final = 200
ROUNDS: Final = 3
STRIDE: Final = 7_919
MOST_GROWTH: Final = 64 * 1024 * 1024
SETTLED: Final = 10
"""Chunks after which memory is to grow no more."""

Work = Callable[[Viewer, ReadSession, UUID], Awaitable[Any]]


async def one(stage: Stage, people: int) -> Figure:
    """Milliseconds."""
    stage.rest()
    company = await company_of(stage, people)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    ours: list[float] = []
    theirs: list[float] = []
    try:
        cards = await _some_cards(database, company)
        for _ in range(ROUNDS):
            theirs += [await _seconds(database, company, card, _read) for card in cards]
            ours += [await _seconds(database, company, card, _lint) for card in cards]
    finally:
        await database.close()
    return Figure("findings.one", 1000 * median(ours), "ms", 1000 * median(theirs), "lower", 2.0)


async def _some_cards(database: Database, company: Company) -> list[UUID]:
    async with database.read(company.organization_id) as session:
        viewer = await _viewer(session, company)
        every = (await session.scalars((await cards_of(viewer, session, CYCLE_CODE, None)).order_by(Scorecard.id))).all()
    return [every[STRIDE * n % len(every)] for n in range(min(CARDS, len(every)))]


async def _viewer(session: ReadSession, company: Company) -> Viewer:
    return await load_viewer(Principal("person", company.organization_id, str(company.closer), company.closer), session)


async def _seconds(database: Database, company: Company, card: UUID, work: Work) -> float:
    start = time.perf_counter()
    async with database.read(company.organization_id) as session:
        found = await work(await _viewer(session, company), session, card)
    if not found:
        raise BenchFailed("A scorecard is empty.", "The generator gives each six KPIs.")
    return time.perf_counter() - start


async def _read(viewer: Viewer, session: ReadSession, card: UUID) -> Any:
    return await lines(session, (await scorecard(viewer, session, card)).id)


async def _lint(viewer: Viewer, session: ReadSession, card: UUID) -> Any:
    return (await noted_of_cards(viewer, session, [card]))[card]


async def cycle(stage: Stage, people: int) -> Figure:
    """Seconds, once each, since it takes long enough."""
    stage.rest()
    company = await company_of(stage, people)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    try:
        async with database.read(company.organization_id) as session:
            viewer = await _viewer(session, company)
            start = time.perf_counter()
            read = await _read_all(viewer, session)
            theirs = time.perf_counter() - start
            start = time.perf_counter()
            linted = await _lint_all(viewer, session)
            ours = time.perf_counter() - start
    finally:
        await database.close()
    if not read == linted >= people - 1:
        raise BenchFailed(f"{linted} scorecards were linted and {read} read, of {people} people.", "Make both do the same work.")
    return Figure("findings.cycle", ours, "s", theirs, "lower", 3.0)


async def _lint_all(viewer: Viewer, session: ReadSession) -> int:
    """How many scorecards. Raises BenchFailed where memory grows."""
    process, count, settled = psutil.Process(), 0, 0
    chunks = in_chunks(session, await Linter.of(session), await cards_of(viewer, session, CYCLE_CODE, None))
    async for chunk in chunks:
        count += len(chunk)
        settled = process.memory_info().rss if count <= SETTLED * CHUNK else settled
        if process.memory_info().rss - settled > MOST_GROWTH:
            raise BenchFailed(f"Memory has grown past the first chunks by more than {MOST_GROWTH} bytes.", "Keep no scorecard.")
    return count


async def _read_all(viewer: Viewer, session: ReadSession) -> int:
    """The rows of the linter's own statements, of as many scorecards at a time."""
    cards = await cards_of(viewer, session, CYCLE_CODE, None)
    count, after = 0, UUID(int=0)
    while True:
        ids = (await session.scalars(cards.where(Scorecard.id > after).order_by(Scorecard.id).limit(CHUNK))).all()
        await _read_rows(session, ids)
        count += len(ids)
        if len(ids) < CHUNK:
            return count
        after = ids[-1]


async def _read_rows(session: ReadSession, ids: Sequence[UUID]) -> None:
    keys: dict[str, Any] = {"organization": session.organization_id, "cards": list(ids)}
    rows = (await session.execute(reading.LINES, keys)).all()
    (await session.execute(reading.LINKS, {"organization": session.organization_id, "kpis": [row.kpi_id for row in rows]})).all()
    (await session.execute(reading.CARDS, keys | {"today": session.today})).all()
