"""REST of granted roles, for hr_admin and auditor."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access import actions, queries
from kpi_api.access.door import CurrentViewer
from kpi_api.access.schemas import GrantEnd, GrantIn, GrantOut

router = APIRouter(prefix="/v1/grants", tags=["access"], route_class=TransactionalRoute)


@router.get("", summary="Granted roles")
async def list_grants(
    viewer: CurrentViewer, session: Read, page: Paging, person_id: Annotated[UUID | None, Query(description="Only this person's.")] = None
) -> Page[GrantOut]:
    """Past, present and future ones, in the order in which they were given."""
    rows = await queries.grants(viewer, session, page, person_id=person_id)
    return Page(items=[GrantOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Give somebody a role")
async def post_grant(given: GrantIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> GrantOut:
    """Needs hr_admin; nobody gives a role to themselves."""
    return GrantOut.model_validate(await actions.give_grant(viewer, session, given))


@router.post("/{grant_id}/end", summary="End somebody's role")
async def post_end(grant_id: UUID, end: GrantEnd, viewer: CurrentViewer, session: Write) -> GrantOut:
    """Needs hr_admin; nobody ends a role of their own."""
    return GrantOut.model_validate(await actions.end_grant(viewer, session, grant_id, end.valid_to))
