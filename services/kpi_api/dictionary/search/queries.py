"""Search over the versions in force: every word typed must be found, as it is, as a beginning, or with a typing error."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.queries import DECIDED, definitions, sees_version
from kpi_api.dictionary.search.meant import Range, meant
from kpi_api.dictionary.search.models import DefinitionWord
from kpi_api.dictionary.search.words import wanted

MOST_WORDS: Final = 8
"""Further words of what somebody types are not looked at."""

DAY: Final = bindparam("day", type_=Date)


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
    statement, keys, scope, sought = definitions(viewer), [], "", dict[str, Any]()
    if text is not None and text.strip():
        typed = wanted(text)[:MOST_WORDS]
        sought = _sought(typed, await meant(session, typed), day)
        statement, rank = _ranked(viewer)
        keys, scope = [(-rank, None)], f"{typed} {day}"
    if codes:
        statement = statement.where(KpiDefinition.code.in_(codes))
    if area is not None:
        statement, scope = statement.where(_serves(area, day)), f"{scope} area {area} {day}"
    if status is not None:
        statement, scope = statement.where(_stands(viewer, status)), f"{scope} status {status}"
    by_code = (KpiDefinition.code, _code)
    return await fetch_page(
        session, statement, page, keys=[*keys, by_code], scope=f"definitions {viewer.subject} {sorted(codes)} {scope}", parameters=sought
    )


def _code(row: KpiDefinition) -> str:
    return row.code


def _serves(area: str, day: date) -> ColumnElement[bool]:
    serving = select(DefinitionVersion.definition_id).join(Outcome, Outcome.id == DefinitionVersion.outcome_id)
    return KpiDefinition.id.in_(serving.where(Outcome.area == area, in_force(day)))


def _stands(viewer: Viewer, status: str) -> ColumnElement[bool]:
    standing = select(DefinitionVersion.definition_id).where(DefinitionVersion.status == status, sees_version(viewer))
    return KpiDefinition.id.in_(standing)


@lru_cache(maxsize=256)
def _ranked(viewer: Viewer) -> tuple[Select[KpiDefinition], ColumnElement[int]]:
    """Definitions found by all of `number` words, and their rank: made once per viewer and day, since making it costs more than running it.

    The words' hits are counted, not joined: the planner takes each word for rare and would compare every hit with every other.
    """
    each = _hits(viewer)
    all_words = select(each.c.version_id, func.sum(each.c.score).label("score")).group_by(each.c.version_id)
    hit = all_words.having(func.count() == bindparam("number", type_=Integer)).subquery()
    here = select(DefinitionVersion.definition_id).where(DefinitionVersion.id == hit.c.version_id, in_force(DAY))
    version = here.offset(literal_column("0")).lateral()  # looked up one by one: joined, all versions would be read
    found = select(version.c.definition_id, hit.c.score).join_from(hit, version, true()).cte().prefix_with("MATERIALIZED")
    return definitions(viewer).join(found, found.c.definition_id == KpiDefinition.id), found.c.score


def _hits(viewer: Viewer) -> Subquery:
    """The versions that each typed word finds, with a score: the weight of the weightiest word found, twice for the word as it is."""
    sought = func.unnest(_array("places", Integer), _array("first"), _array("beyond"), _array("typed"))
    ranges = sought.table_valued(
        column("place", Integer), column("first", Text), column("beyond", Text), column("typed", Text)
    ).render_derived("sought")
    word = DefinitionWord
    within = (word.organization_id == viewer.organization_id, word.word >= ranges.c.first, word.word < ranges.c.beyond)
    score = func.max(word.weight * case((word.word == ranges.c.typed, 2), else_=1)).label("score")
    return select(word.version_id, score).select_from(ranges).join(word, and_(*within)).group_by(ranges.c.place, word.version_id).subquery()


def _array(name: str, of: type[TypeEngine[Any]] = Text) -> ScalarSelect[Any]:
    """An array in a parameter, asked for by SELECT: else PostgreSQL plans anew for its length, which takes as long as searching."""
    return select(bindparam(name, type_=ARRAY(of))).scalar_subquery()


def _sought(typed: Sequence[str], ranges: Sequence[Range], day: date) -> dict[str, Any]:
    """The parameters of `_ranked`."""
    columns = {name: [getattr(found, name) for found in ranges] for name in ("first", "beyond")}
    places = [found.place for found in ranges]
    return {"places": places, **columns, "typed": [typed[place] for place in places], "number": len(typed), "day": day}


def in_force(day: date | ColumnElement[date]) -> ColumnElement[bool]:
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
