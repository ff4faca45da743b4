"""REST of granted roles and of delegations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access import actions, delegations, queries
from kpi_api.access.door import CurrentViewer
from kpi_api.access.schemas import (
    DelegationDetail,
    DelegationIn,
    DelegationOut,
    End,
    GrantDetail,
    GrantIn,
    GrantOut,
)
from kpi_api.access.shown import delegation_shown, grant_shown

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
async def post_grant(given: GrantIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> GrantDetail:
    """Needs hr_admin; nobody gives a role to themselves. It holds once another hr_admin approves it. Where there is none, it holds at
    once, and `alone` says so."""
    return await grant_shown(viewer, await actions.give_grant(viewer, session, given))


@router.get("/{grant_id}", summary="One granted role")
async def get_grant(grant_id: UUID, viewer: CurrentViewer, session: Read) -> GrantDetail:
    """Needs hr_admin or auditor. With what you may do with it now."""
    return await grant_shown(viewer, await queries.grant(viewer, session, grant_id))


@router.post("/{grant_id}/approve", summary="Approve somebody's role")
async def post_approve(grant_id: UUID, viewer: CurrentViewer, session: Write) -> GrantDetail:
    """Needs an hr_admin who neither gave the role nor gets it; approving again changes nothing. To refuse a role, end it."""
    return await grant_shown(viewer, await actions.approve_grant(viewer, session, grant_id))


@router.post("/{grant_id}/end", summary="End somebody's role")
async def post_end(grant_id: UUID, end: Annotated[End, Body(default_factory=End)], viewer: CurrentViewer, session: Write) -> GrantDetail:
    """Needs hr_admin; nobody ends a role of their own."""
    return await grant_shown(viewer, await actions.end_grant(viewer, session, grant_id, end.valid_to))


@delegations_router.get("", summary="Delegations of managers' rights")
async def list_delegations(viewer: CurrentViewer, session: Read, page: Paging) -> Page[DelegationOut]:
    """Those one gave or was given; all of them for hr_admin and auditor."""
    rows = await delegations.delegations(viewer, session, page)
    return Page(items=[DelegationOut.model_validate(row) for row in rows], next=page.link_next(rows))


@delegations_router.post("", status_code=201, summary="Give a manager's rights to somebody for an absence")
async def post_delegation(
    given: DelegationIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> DelegationDetail:
    """A manager delegates to somebody above or below them; an hr_admin does it for anybody. The delegate sees and does what the manager may
    with reports and subtree, never with pay, and cannot pass it on."""
    return await delegation_shown(viewer, await delegations.delegate(viewer, session, given))


@delegations_router.get("/{delegation_id}", summary="One delegation")
async def get_delegation(delegation_id: UUID, viewer: CurrentViewer, session: Read) -> DelegationDetail:
    """One that you gave or were given; any for hr_admin and auditor. With what you may do with it now."""
    return await delegation_shown(viewer, await delegations.delegation(viewer, session, delegation_id))


@delegations_router.post("/{delegation_id}/end", summary="End a delegation")
async def post_delegation_end(
    delegation_id: UUID, end: Annotated[End, Body(default_factory=End)], viewer: CurrentViewer, session: Write
) -> DelegationDetail:
    """The manager, the delegate or an hr_admin ends it, today when no day is named."""
    return await delegation_shown(viewer, await delegations.end_delegation(viewer, session, delegation_id, end.valid_to))
