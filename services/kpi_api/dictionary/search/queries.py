"""Search over the versions in force: every word typed must be found, as it is, as a beginning, or with a typing error."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, union_all
from sqlalchemy.orm import aliased

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.queries import DECIDED, definitions, sees_version
from kpi_api.dictionary.search.models import DefinitionWord, WordTrigram
from kpi_api.dictionary.search.words import allowed_errors, errors_between, trigrams, wanted

MOST_WORDS: Final = 8
"""Further words of what somebody types are not looked at."""

MOST_ALIKE: Final = 200
"""So many words that share the most trigrams are compared letter by letter."""


async def definitions_page(
    viewer: Viewer,
    session: ReadSession,
    page: PageRequest,
    text: str | None,
    day: date,
    *,
    codes: Sequence[str] = (),
    area: str | None = None,
    status: str | None = None,
) -> Rows[KpiDefinition]:
    """Definitions whose version in force on `day` holds every word of `text`, the best first, ties by code; without `text` all, by code.

    `area`: those whose version in force serves an outcome of it; `status`: those with a version in sight that stands there.
    Raises CursorProblem. A text without any word finds nothing.
    """
    statement, keys, scope = definitions(viewer), [], ""
    if text is not None and text.strip():
        typed = wanted(text)[:MOST_WORDS]
        meant = await _meant(session, typed)
        statement, rank = _ranked(viewer, [_hits(session, word, meant.get(word)) for word in typed], day)
        keys, scope = [(-rank, None)], f"{typed} {day}"
    if codes:
        statement = statement.where(KpiDefinition.code.in_(codes))
    if area is not None:
        statement, scope = statement.where(_serves(area, day)), f"{scope} area {area} {day}"
    if status is not None:
        statement, scope = statement.where(_stands(viewer, status)), f"{scope} status {status}"
    by_code = (KpiDefinition.code, _code)
    return await fetch_page(session, statement, page, keys=[*keys, by_code], scope=f"definitions {viewer.subject} {sorted(codes)} {scope}")


def _code(row: KpiDefinition) -> str:
    return row.code


def _serves(area: str, day: date) -> ColumnElement[bool]:
    serving = select(DefinitionVersion.definition_id).join(Outcome, Outcome.id == DefinitionVersion.outcome_id)
    return KpiDefinition.id.in_(serving.where(Outcome.area == area, in_force(day)))


def _stands(viewer: Viewer, status: str) -> ColumnElement[bool]:
    standing = select(DefinitionVersion.definition_id).where(DefinitionVersion.status == status, sees_version(viewer))
    return KpiDefinition.id.in_(standing)


def _ranked(viewer: Viewer, hits: Sequence[Select[UUID, int]], day: date) -> tuple[Select[KpiDefinition], ColumnElement[int]]:
    """The words' hits are counted, not joined: the planner takes each word for rare and would compare every hit with every other."""
    if not hits:
        return definitions(viewer).where(false()), func.length(KpiDefinition.code)
    each = union_all(*hits).subquery()
    all_words = select(each.c.version_id, func.sum(each.c.score).label("score")).group_by(each.c.version_id)
    found = all_words.having(func.count() == len(hits)).subquery()
    statement = definitions(viewer).join(DefinitionVersion, DefinitionVersion.definition_id == KpiDefinition.id).where(in_force(day))
    return statement.join(found, found.c.version_id == DefinitionVersion.id), found.c.score


def in_force(day: date) -> ColumnElement[bool]:
    """Of a definition's versions, the one in force on `day`."""
    later = aliased(DefinitionVersion)
    succeeded = select(later.id).where(
        later.organization_id == DefinitionVersion.organization_id,
        later.definition_id == DefinitionVersion.definition_id,
        later.status.in_(DECIDED),
        later.effective_from <= day,
        later.effective_from > DefinitionVersion.effective_from,
    )
    return and_(
        DefinitionVersion.status.in_(DECIDED),
        DefinitionVersion.effective_from <= day,
        or_(DefinitionVersion.retired_from.is_(None), DefinitionVersion.retired_from > day),
        ~succeeded.exists(),
    )


def _hits(session: ReadSession, typed: str, meant: Sequence[str] | None) -> Select[UUID, int]:
    """The versions that a typed word finds, each with a score: the weight, twice for the word as it is. `meant`: it stands nowhere."""
    matches = _beginning_with(typed) if meant is None else DefinitionWord.word.in_(meant)
    times = case((DefinitionWord.word == typed, 2), else_=1)
    score = func.max(DefinitionWord.weight * times).label("score")
    return select(DefinitionWord.version_id, score).where(matches, _own(session)).group_by(DefinitionWord.version_id)


def _own(session: ReadSession) -> ColumnElement[bool]:
    return DefinitionWord.organization_id == session.organization_id


def _beginning_with(word: str) -> ColumnElement[bool]:
    """The word itself and all that begin with it, by code point."""
    after = word[:-1] + chr(ord(word[-1]) + 1)
    return and_(DefinitionWord.word >= word, DefinitionWord.word < after)


async def _meant(session: ReadSession, typed: Sequence[str]) -> dict[str, list[str]]:
    """Of the typed words with which no word of the dictionary begins: the words that each may have been meant for."""
    known = [select(DefinitionWord.word).where(_own(session), _beginning_with(word)).exists() for word in typed]
    found = (await session.execute(select(*known))).one() if known else ()
    unknown = [word for word, is_known in zip(typed, found, strict=True) if not is_known]
    return {word: await _alike(session, word) for word in unknown}


async def _alike(session: ReadSession, typed: str) -> list[str]:
    """Words of the dictionary that the typed one may have been meant for."""
    most = allowed_errors(typed)
    if not most:
        return []
    statement = (
        select(WordTrigram.word)
        .where(WordTrigram.organization_id == session.organization_id, WordTrigram.trigram.in_(sorted(trigrams(typed))))
        .group_by(WordTrigram.word)
        .order_by(func.count().desc(), WordTrigram.word)
        .limit(MOST_ALIKE)
    )
    return [word for word in await session.scalars(statement) if errors_between(typed, word) <= most]
