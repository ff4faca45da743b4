"""`dictionary.search`: the median time of the first page of a search over 10,000 definitions, against one hand-written SQL statement.

The statement searches as PostgreSQL's manual has it, full text and `pg_trgm` by GIN indexes, over a table of its own without row-level
security (under which PostgreSQL does not use such indexes). Half of what is typed has a typing error. Each search is a transaction.
"""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.identity.principal import person
from chassis.jobs import Job
from chassis.pagination import CursorSigner, PageRequest
from kpi_api.access.viewer import load_viewer
from kpi_api.dictionary.search.indexing import index_words
from kpi_api.dictionary.search.queries import definitions_page
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.organizations import NewOrganization

DEFINITIONS: Final = 10_000
SEARCHES: Final = 60
ROUNDS: Final = 3
PAGE: Final = 50
AIM: Final = 2.0
SEED: Final = 20260101

Search = Callable[[str], Awaitable[Sequence[UUID]]]

GENERATE = """
WITH given AS (SELECT * FROM unnest($2::int[], $3::text[], $4::text[]) AS g (n, name, description)),
made AS (
  INSERT INTO kpi_definitions (organization_id, id, version, code, origin)
  SELECT $1, gen_random_uuid(), 1, 'd-' || n, 'organization' FROM given RETURNING id, code)
INSERT INTO definition_versions (organization_id, id, definition_id, number, status, effective_from, name, description, direction, unit,
  precision, dimension, combine, parts, combine_parts, formulas, measures, "leading", kind, controllability, note, applicability)
SELECT $1, gen_random_uuid(), m.id, 1, 'approved', '2020-01-01', g.name, g.description, 'higher', 'count', 2, 'output', 'total', '[]',
  'all', '{}', '{}', false, 'result', 'high', '', '{"roles": [], "grades": [], "has_direct_reports": null}'
FROM given g JOIN made m ON m.code = 'd-' || g.n
"""
BASELINE_TABLE = """
CREATE TABLE bench_search AS SELECT v.organization_id, v.definition_id, d.code, lower(d.code || ' ' || v.name) AS name,
  setweight(to_tsvector('simple', d.code || ' ' || v.name), 'A') || to_tsvector('simple', v.description) AS words
FROM definition_versions v JOIN kpi_definitions d ON d.organization_id = v.organization_id AND d.id = v.definition_id
WHERE v.organization_id = $1
"""
BASELINE_INDEXES = """
CREATE INDEX ON bench_search USING gin (words);
CREATE INDEX ON bench_search USING gin (name gin_trgm_ops);
GRANT SELECT ON bench_search TO kpi_api_service;
ANALYZE bench_search, kpi_definitions, definition_versions, definition_words, word_trigrams;
"""
BY_HAND = text(
    """
    SELECT definition_id FROM bench_search
    WHERE organization_id = :organization AND (words @@ to_tsquery('simple', :query) OR :typed <% name)
    ORDER BY ts_rank(words, to_tsquery('simple', :query)) DESC, word_similarity(:typed, name) DESC, code LIMIT 51
    """
)


async def run(stage: Stage, people: int) -> Figure:
    """Milliseconds, ours and theirs in turns; `people` says nothing about the dictionary's size."""
    stage.rest()
    organization = await stage.new_organization("Search")
    organization_id = organization.organization_id
    chance = random.Random(SEED)  # noqa: S311  # repeatable, not secret
    names = await _generate(stage, organization_id, chance)
    database = Database(EmbeddedPostgres(stage.home).urls().kpi_api, pool_size=1)
    try:
        await index_words(Job(database, organization_id, {}))
        await _prepare_baseline(stage, organization_id)
        ours, theirs = await _ours(database, organization), _theirs(database, organization_id)
        typed = [_typed(chance, name, wrong=n % 2 == 1) for n, name in enumerate(chance.sample(names, SEARCHES))]
        await _require_same(typed[0], ours, theirs)
        times = [(await _times(theirs, typed), await _times(ours, typed)) for _ in range(ROUNDS)]
    finally:
        await database.close()
    hand_made, mine = ([value for pair in times for value in pair[side]] for side in (0, 1))
    return Figure("dictionary.search", 1000 * median(mine), "ms", 1000 * median(hand_made), "lower", AIM)


async def _generate(stage: Stage, organization_id: UUID, chance: random.Random) -> list[str]:
    """Definitions of four words out of five hundred, with descriptions of twenty."""
    vocabulary = sorted({"".join(chance.choice(("bcdfglmnprst", "aeiou")[n % 2]) for n in range(chance.randint(5, 9))) for _ in range(500)})
    names = [" ".join(chance.sample(vocabulary, 4)) for _ in range(DEFINITIONS)]
    descriptions = [" ".join(chance.choices(vocabulary, k=20)) for _ in names]
    async with stage.connection("kpi_api", organization_id) as connection:
        await connection.execute(GENERATE, organization_id, list(range(DEFINITIONS)), names, descriptions)
    return names


async def _prepare_baseline(stage: Stage, organization_id: UUID) -> None:
    async with stage.administrator("kpi_api") as connection:
        await connection.execute("DROP TABLE IF EXISTS bench_search")
        await connection.execute(BASELINE_TABLE.replace("$1", f"'{organization_id}'"))
        await connection.execute(BASELINE_INDEXES)


def _typed(chance: random.Random, name: str, *, wrong: bool) -> str:
    """Two words of a name; of the second, when `wrong`, a letter inside is left out."""
    first, second = chance.sample(name.split(), 2)
    place = chance.randrange(2, len(second) - 1)
    return f"{first} {second[:place] + second[place + 1 :] if wrong else second}"


async def _ours(database: Database, organization: NewOrganization) -> Search:
    organization_id = organization.organization_id
    async with database.read(organization_id) as session:
        viewer = await load_viewer(person(organization_id, organization.person_id), session)

    async def search(typed: str) -> list[UUID]:
        async with database.read(organization_id) as session:
            page = PageRequest(PAGE, None, CursorSigner(b"bench"))
            return [row.id for row in await definitions_page(viewer, session, page, typed, session.today)]

    return search


def _theirs(database: Database, organization_id: UUID) -> Search:
    async def search(typed: str) -> list[Any]:
        query = " & ".join(f"{word}:*" for word in typed.split())
        async with database.read(organization_id) as session:
            return list((await session.scalars(BY_HAND, {"organization": organization_id, "query": query, "typed": typed})).all())[:PAGE]

    return search


async def _times(search: Search, typed: Sequence[str]) -> list[float]:
    times = []
    for one in typed:
        start = time.perf_counter()
        await search(one)
        times.append(time.perf_counter() - start)
    return times


async def _require_same(typed: str, ours: Search, theirs: Search) -> None:
    """What is spelt rightly finds the same on both sides."""
    mine, hand_made = set(await ours(typed)), set(await theirs(typed))
    if not mine or not mine <= hand_made:
        raise BenchFailed(f"“{typed}” finds {len(mine)} by us, {len(hand_made)} by hand.", "Make both find the same.")
