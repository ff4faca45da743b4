"""Reads of definitions that look alike. They compare versions in force, which are everybody's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows
from kpi_api.dictionary.duplicates.likeness import Described, Likeness, alike
from kpi_api.dictionary.duplicates.models import StatedDifference
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.queries import definitions
from kpi_api.dictionary.search.queries import in_force
from kpi_api.people import queries as people


@dataclass(frozen=True)
class Duplicate:
    """Two definitions that look alike, and the difference stated between the very versions in force."""

    likeness: Likeness
    stated: StatedDifference | None


async def similar_names_from(viewer: Viewer, session: ReadSession) -> Decimal:
    """From which similarity on two names are a finding in this organization."""
    return (await people.organization(viewer, session)).similar_names_from


async def described(viewer: Viewer, session: ReadSession, definition_ids: Collection[UUID] | None = None) -> list[Described]:
    """Definitions with a version in force today; of those named, or of all."""
    version = DefinitionVersion
    columns = (KpiDefinition.id, KpiDefinition.code, version.id, version.number, version.name, version.formulas, version.measures,
               version.source_of_truth)  # fmt: skip
    statement = definitions(viewer).join(version, version.definition_id == KpiDefinition.id).where(in_force(session.today))
    if definition_ids is not None:
        statement = statement.where(KpiDefinition.id.in_(definition_ids))
    return [Described(*row) for row in await session.execute(statement.with_only_columns(*columns))]


async def duplicates(viewer: Viewer, session: ReadSession, *, stated: bool) -> list[Duplicate]:
    """Every two live definitions that look alike, the most alike first; `stated`: those with a stated difference, else those without."""
    found = alike(await described(viewer, session), await similar_names_from(viewer, session))
    statements = {(row.first_id, row.second_id): row for row in await session.scalars(select(StatedDifference))}
    every = [Duplicate(pair, _holding(pair, statements.get(ordered(pair)))) for pair in found]
    return [duplicate for duplicate in every if (duplicate.stated is not None) == stated]


def ordered(pair: Likeness) -> tuple[UUID, UUID]:
    """The ids of both definitions as a statement about them has them."""
    first, second = sorted((pair.first.definition_id, pair.second.definition_id))
    return first, second


def _holding(pair: Likeness, statement: StatedDifference | None) -> StatedDifference | None:
    """The statement, while the versions in force are those it was made about."""
    versions = {pair.first.version_id, pair.second.version_id}
    return statement if statement and versions == {statement.first_version_id, statement.second_version_id} else None


async def duplicates_page(viewer: Viewer, session: ReadSession, page: PageRequest, *, stated: bool = False) -> Rows[Duplicate]:
    """A page of duplicates. Raises CursorProblem."""
    found: Sequence[Duplicate] = await duplicates(viewer, session, stated=stated)
    scope = f"definition_duplicates {viewer.subject} {stated}"
    if page.cursor:
        after = tuple(page.signer.read(scope, page.cursor))
        found = [duplicate for duplicate in found if _position(duplicate) > after]
    return Rows(found[: page.limit], lambda duplicate: page.signer.sign(scope, _position(duplicate)), last=len(found) <= page.limit)


def _position(duplicate: Duplicate) -> tuple[Decimal, str, str]:
    pair = duplicate.likeness
    return -pair.similarity, pair.first.code, pair.second.code
