"""REST of the identities that people sign in with, for hr_admin and auditor."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.etags import IfMatch, require_match, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.identities import linking, queries
from kpi_api.identities.schemas import IdentityIn, IdentityOut, LinkingSettings

router = APIRouter(prefix="/v1/person-identities", tags=["identities"], route_class=TransactionalRoute)


def _trusted(request: Request) -> Collection[str]:
    issuers: Collection[str] = request.app.state.service.settings.issuers
    return issuers


@router.get("", summary="Identities that people sign in with")
async def list_identities(
    viewer: CurrentViewer, session: Read, page: Paging, person_id: Annotated[UUID | None, Query(description="Only this person's.")] = None
) -> Page[IdentityOut]:
    """Needs hr_admin or auditor. In the order in which they were linked."""
    rows = await queries.identities(viewer, session, page, person_id=person_id)
    return Page(items=[IdentityOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Link an identity to a person")
async def post_identity(
    given: IdentityIn, request: Request, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> IdentityOut:
    """Needs hr_admin. Tokens of this issuer and subject speak for the person once another hr_admin approves it. Where there is none, they
    do at once, and `alone` says so."""
    return IdentityOut.model_validate(await linking.link(viewer, session, _trusted(request), given))


@router.post("/{identity_id}/approve", summary="Approve a linked identity")
async def post_approval(identity_id: UUID, viewer: CurrentViewer, session: Write) -> IdentityOut:
    """Needs an hr_admin other than the one who linked it; approving again changes nothing. To refuse a link, unlink it."""
    return IdentityOut.model_validate(await linking.approve_link(viewer, session, identity_id))


@router.delete("/{identity_id}", status_code=204, summary="Unlink an identity")
async def delete_identity(identity_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """Needs hr_admin. Its tokens are refused from the next request on."""
    await linking.unlink(viewer, session, identity_id)


@router.get("/settings", summary="How identities are linked")
async def get_settings(viewer: CurrentViewer, session: Read, response: Response) -> LinkingSettings:
    """Needs hr_admin or auditor. The issuers that link by verified e-mail: none unless somebody said so."""
    profile, settings = await queries.linking_settings(viewer, session)
    set_etag(response, profile)
    return settings


@router.put("/settings", summary="Say how identities are linked")
async def put_settings(
    wanted: LinkingSettings, request: Request, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> LinkingSettings:
    """Needs hr_admin. A first token of a listed issuer is linked by its verified e-mail, where exactly one active person has that
    address and is not linked at that issuer yet."""
    profile, _ = await queries.linking_settings(viewer, session)
    require_match(if_match, profile)
    set_etag(response, await linking.change_settings(viewer, session, _trusted(request), profile, wanted))
    return (await queries.linking_settings(viewer, session))[1]
