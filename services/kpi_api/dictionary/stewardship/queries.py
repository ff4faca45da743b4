"""Reads of stewardship. The dictionary is everybody's, so everybody sees which definitions are to be looked at."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.dictionary.models import KpiDefinition
from kpi_api.dictionary.stewardship.models import BusinessChange, DefinitionReview


def changes(viewer: Viewer) -> Select[BusinessChange]:
    """Every business change of the organization."""
    return select(BusinessChange).where(BusinessChange.organization_id == viewer.organization_id)


async def changes_page(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[BusinessChange]:
    """A page of business changes, the latest first. Raises CursorProblem."""
    return await fetch_page(
        session,
        changes(viewer),
        page,
        keys=[(BusinessChange.effective_on, lambda row: row.effective_on), (BusinessChange.id, lambda row: row.id)],
        scope=f"business_changes {viewer.subject}",
        descending=True,
    )


async def definitions_of(session: ReadSession, change_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By business change, the definitions that it touches."""
    row = DefinitionReview
    found: dict[UUID, list[UUID]] = {change_id: [] for change_id in change_ids}
    statement = select(row.business_change_id, row.definition_id).where(row.business_change_id.in_(change_ids)).order_by(row.definition_id)
    for change_id, definition_id in await session.execute(statement):
        if change_id is not None:
            found[change_id].append(definition_id)
    return found


def reviews(viewer: Viewer, *, open_only: bool, mine: bool, due_by: date | None) -> Select[DefinitionReview]:
    """Definition reviews. `mine`: of definitions that the viewer owns."""
    row = DefinitionReview
    statement = select(row).where(row.organization_id == viewer.organization_id)
    if open_only:
        statement = statement.where(row.outcome.is_(None))
    if mine:
        owned = select(KpiDefinition.id).where(KpiDefinition.owner_id == viewer.person_id)
        statement = statement.where(row.definition_id.in_(owned))
    return statement if due_by is None else statement.where(row.due_on <= due_by)


async def reviews_page(
    viewer: Viewer, session: ReadSession, page: PageRequest, *, open_only: bool, mine: bool, due_by: date | None
) -> Rows[DefinitionReview]:
    """A page of definition reviews, the first due first. Raises CursorProblem."""
    return await fetch_page(
        session,
        reviews(viewer, open_only=open_only, mine=mine, due_by=due_by),
        page,
        keys=[(DefinitionReview.due_on, lambda row: row.due_on), (DefinitionReview.id, lambda row: row.id)],
        scope=f"definition_reviews {viewer.subject} {open_only} {mine} {due_by}",
    )


async def owners(session: ReadSession, definition_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """By definition its `code` and `owner_id`."""
    columns = KpiDefinition.id, KpiDefinition.code, KpiDefinition.owner_id
    found = (await session.execute(select(*columns).where(KpiDefinition.id.in_(definition_ids)))).all()
    return {row.id: cast("Row[Any]", row) for row in found}


async def review(viewer: Viewer, session: ReadSession, review_id: UUID, *, lock: bool = False) -> DefinitionReview:
    """Raises NotFound."""
    statement = reviews(viewer, open_only=False, mine=False, due_by=None).where(DefinitionReview.id == review_id)
    found = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found
