"""REST of the definitions that are for a person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.dates import WrittenDate
from chassis.pagination import Paging
from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.applicability.queries import applicable_definitions
from kpi_api.dictionary.applicability.schemas import ApplicableDefinitions
from kpi_api.dictionary.applicability.standing import standings
from kpi_api.dictionary.shown import definition_listed
from kpi_api.people import queries as people

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("/people/{person_id}/applicable-definitions", summary="List the definitions that are for a person")
async def list_applicable_definitions(
    person_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    on: Annotated[WrittenDate | None, Query(description="The day that counts; today when left out.")] = None,
) -> ApplicableDefinitions:
    """Definitions in force whose applicability fits the person's role, grade and direct reports on that day. What refers to a competency
    of managers is only for people with direct reports."""
    person, day = await people.person(viewer, session, person_id), on or viewer.today
    standing = (await standings(viewer, session, [person.id], day))[person.id]
    rows = await applicable_definitions(viewer, session, page, person.id, standing, day)
    shown = await dictionary.versions_in_force(session, [row.id for row in rows], day)
    items = [definition_listed(row, shown.get(row.id)) for row in rows]
    return ApplicableDefinitions(items=items, next=page.link_next(rows), day=day, **standing._asdict())
