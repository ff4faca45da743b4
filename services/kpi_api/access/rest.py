"""REST of granted roles and of delegations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access import actions, delegations, queries
from kpi_api.access.door import CurrentViewer
from kpi_api.access.schemas import DelegationEnd, DelegationIn, DelegationOut, GrantEnd, GrantIn, GrantOut

router = APIRouter(prefix="/v1/grants", tags=["access"], route_class=TransactionalRoute)
delegations_router = APIRouter(prefix="/v1/delegations", tags=["access"], route_class=TransactionalRoute)


@router.get("", summary="Granted roles")
async def list_grants(
    viewer: CurrentViewer, session: Read, page: Paging, person_id: Annotated[UUID | None, Query(description="Only this person's.")] = None
) -> Page[GrantOut]:
    """Past, present and future ones, in the order in which they were given."""
    rows = await queries.grants(viewer, session, page, person_id=person_id)
    return Page(items=[GrantOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Give somebody a role")
async def post_grant(given: GrantIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> GrantOut:
    """Needs hr_admin; nobody gives a role to themselves. It holds once another hr_admin approves it. Where there is none, it holds at
    once, and `alone` says so."""
    return GrantOut.model_validate(await actions.give_grant(viewer, session, given))


@router.post("/{grant_id}/approve", summary="Approve somebody's role")
async def post_approve(grant_id: UUID, viewer: CurrentViewer, session: Write) -> GrantOut:
    """Needs an hr_admin who neither gave the role nor gets it; approving again changes nothing. To refuse a role, end it."""
    return GrantOut.model_validate(await actions.approve_grant(viewer, session, grant_id))


@router.post("/{grant_id}/end", summary="End somebody's role")
async def post_end(grant_id: UUID, end: GrantEnd, viewer: CurrentViewer, session: Write) -> GrantOut:
    """Needs hr_admin; nobody ends a role of their own."""
    return GrantOut.model_validate(await actions.end_grant(viewer, session, grant_id, end.valid_to))


@delegations_router.get("", summary="Delegations of managers' rights")
async def list_delegations(viewer: CurrentViewer, session: Read, page: Paging) -> Page[DelegationOut]:
    """Those one gave or was given; all of them for hr_admin and auditor."""
    rows = await delegations.delegations(viewer, session, page)
    return Page(items=[DelegationOut.model_validate(row) for row in rows], next=page.link_next(rows))


@delegations_router.post("", status_code=201, summary="Give a manager's rights to somebody for an absence")
async def post_delegation(
    given: DelegationIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> DelegationOut:
    """A manager delegates to somebody above or below them; an hr_admin does it for anybody. The delegate sees and does what the manager may
    with reports and subtree, never with pay, and cannot pass it on."""
    return DelegationOut.model_validate(await delegations.delegate(viewer, session, given))


@delegations_router.post("/{delegation_id}/end", summary="End a delegation")
async def post_delegation_end(delegation_id: UUID, end: DelegationEnd, viewer: CurrentViewer, session: Write) -> DelegationOut:
    """The manager, the delegate or an hr_admin ends it, today when no day is named."""
    return DelegationOut.model_validate(await delegations.end_delegation(viewer, session, delegation_id, end.valid_to))
