"""Keeps the words of each version, and the trigrams of those words."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.search.models import DefinitionWord, WordTrigram
from kpi_api.dictionary.search.words import trigrams, words

INDEX: Final = "definitions.index_words"
INDEX_SECONDS: Final = 600

MANY: Final = 5000
"""Rows of one INSERT: PostgreSQL takes 65,535 parameters."""


async def index_versions(session: WriteSession, version_ids: Iterable[UUID]) -> None:
    """Write the words of versions that have none yet. Words of a version stay as they were written; `index_outcome` takes them away."""
    columns = DefinitionVersion, KpiDefinition.code, Outcome.name
    statement = (
        select(*columns)
        .join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
        .outerjoin(Outcome, Outcome.id == DefinitionVersion.outcome_id)
        .where(DefinitionVersion.id.in_(version_ids))
    )
    found = {version.id: weighed_words(version, code, outcome or "") for version, code, outcome in await session.execute(statement)}
    place = {"organization_id": session.organization_id}
    weighed = sorted((word, id_, weight) for id_, of in found.items() for word, weight in of.items())  # in one order, whoever writes
    await _insert(session, DefinitionWord, [{**place, "word": word, "version_id": id_, "weight": n} for word, id_, n in weighed])
    every = sorted({(trigram, word) for word, _, _ in weighed for trigram in trigrams(word)})
    await _insert(session, WordTrigram, [{**place, "trigram": trigram, "word": word} for trigram, word in every])


async def index_outcome(session: WriteSession, outcome_id: UUID) -> None:
    """Write anew the words of every version that serves an outcome, whose name is another now."""
    serving = list(await session.scalars(select(DefinitionVersion.id).where(DefinitionVersion.outcome_id == outcome_id)))
    await session.execute(delete(DefinitionWord).where(DefinitionWord.version_id.in_(serving)))
    await index_versions(session, serving)


def weighed_words(version: DefinitionVersion, code: str, outcome: str) -> dict[str, int]:
    """Each word with its weight: what it is called weighs most, then what it serves, what it says, and what it is computed from."""
    formulas = " ".join([*version.formulas.values(), *version.measures])
    fields = ((formulas, 1), (version.description, 2), (outcome, 4), (f"{code} {version.name}", 8))
    return {word: weight for text, weight in fields for word in words(text)}


async def _insert(session: WriteSession, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    for n in range(0, len(rows), MANY):
        await session.execute(insert(model).values(rows[n : n + MANY]).on_conflict_do_nothing())


async def index_words(job: Job) -> None:
    """Index versions that were written by other ways than the dictionary's actions, such as before this search existed."""
    here = (DefinitionWord.organization_id == job.organization_id, DefinitionWord.version_id == DefinitionVersion.id)
    missing = ~select(DefinitionWord.word).where(*here).exists()
    async with job.database.write(job.organization_id) as session:
        await index_versions(session, (await session.scalars(select(DefinitionVersion.id).where(missing))).all())
