"""`dictionary.search`: the median time of the first page of a search over 10,000 definitions, against one hand-written SQL statement.

The statement finds the same definitions in the same order, under row-level security as the service does, and gives their columns. Where
ours compares letters outside the database, it has `fuzzystrmatch`. Half of what is typed has a typing error. Each search is a transaction.
"""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Final
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
PREPARE = """
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
ANALYZE kpi_definitions, definition_versions, definition_words, word_trigrams;
"""
BY_HAND = text(
    """
    WITH typed AS MATERIALIZED (
      SELECT t.word, left(t.word, -1) || chr(ascii(right(t.word, 1)) + 1) AS beyond, t.place,
        CASE WHEN length(t.word) < 3 THEN 0 WHEN length(t.word) < 6 THEN 1 ELSE 2 END AS errors
      FROM string_to_table(:typed, ' ') WITH ORDINALITY AS t (word, place)
    ),
    unknown AS MATERIALIZED (
      SELECT * FROM typed WHERE NOT EXISTS (
        SELECT FROM definition_words w WHERE w.organization_id = :organization AND w.word >= typed.word AND w.word < typed.beyond)
    ),
    sought AS MATERIALIZED (
      SELECT place, word AS typed, word AS first, beyond FROM typed
      UNION ALL
      SELECT u.place, u.word, alike.word, alike.word || chr(1) FROM unknown u CROSS JOIN LATERAL (
        SELECT t.word FROM word_trigrams t
        WHERE t.organization_id = :organization
          AND t.trigram = ANY (ARRAY(SELECT substr('  ' || u.word || ' ', n, 3) FROM generate_series(1, length(u.word) + 1) n))
          AND length(t.word) BETWEEN length(u.word) - u.errors AND length(u.word) + u.errors
        GROUP BY t.word ORDER BY count(*) DESC, t.word LIMIT 200
      ) alike
      WHERE levenshtein_less_equal(u.word, alike.word, u.errors) <= u.errors
    ),
    found AS MATERIALIZED (
      SELECT version_id, sum(score) AS score FROM (
        SELECT w.version_id, max(w.weight * CASE WHEN w.word = s.typed THEN 2 ELSE 1 END) AS score
        FROM sought s CROSS JOIN LATERAL (
          SELECT * FROM definition_words WHERE organization_id = :organization AND word >= s.first AND word < s.beyond OFFSET 0
        ) w
        GROUP BY s.place, w.version_id
      ) hits GROUP BY version_id HAVING count(*) = (SELECT count(*) FROM typed)
    )
    SELECT d.* FROM found
    CROSS JOIN LATERAL (
      SELECT v.definition_id FROM definition_versions v
      WHERE v.organization_id = :organization AND v.id = found.version_id AND v.status IN ('approved', 'retired')
        AND v.effective_from <= :today AND (v.retired_from IS NULL OR v.retired_from > :today) AND NOT EXISTS (
          SELECT FROM definition_versions l WHERE l.organization_id = :organization AND l.definition_id = v.definition_id
            AND l.status IN ('approved', 'retired') AND l.effective_from <= :today AND l.effective_from > v.effective_from)
      OFFSET 0
    ) v
    CROSS JOIN LATERAL (SELECT * FROM kpi_definitions WHERE organization_id = :organization AND id = v.definition_id OFFSET 0) d
    ORDER BY found.score DESC, d.code LIMIT 51
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
        await _prepare(stage)
        ours, theirs = await _ours(database, organization), _theirs(database, organization_id)
        typed = [_typed(chance, name, wrong=n % 2 == 1) for n, name in enumerate(chance.sample(names, SEARCHES))]
        await _require_same(typed, ours, theirs)
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


async def _prepare(stage: Stage) -> None:
    async with stage.administrator("kpi_api") as connection:
        await connection.execute(PREPARE)


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
    async def search(typed: str) -> list[UUID]:
        async with database.read(organization_id) as session:
            keys = {"organization": organization_id, "typed": typed, "today": session.today}
            return [row.id for row in (await session.execute(BY_HAND, keys)).all()[:PAGE]]

    return search


async def _times(search: Search, typed: Sequence[str]) -> list[float]:
    times = []
    for one in typed:
        start = time.perf_counter()
        await search(one)
        times.append(time.perf_counter() - start)
    return times


async def _require_same(typed: Sequence[str], ours: Search, theirs: Search) -> None:
    """Both find the same, in the same order, and something."""
    for one in typed:
        mine, hand_made = await ours(one), await theirs(one)
        if not mine or mine != hand_made:
            raise BenchFailed(f"“{one}” finds {len(mine)} by us, {len(hand_made)} by hand, not the same.", "Make both find the same.")
