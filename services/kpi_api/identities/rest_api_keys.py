"""REST of API keys, for hr_admin and auditor."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.identities import api_keys, queries
from kpi_api.identities.schemas import ApiKeyDetail, ApiKeyIn, ApiKeyOut, ApiKeyRotation, NewApiKeyOut
from kpi_api.identities.shown import key_shown, key_shown_once

router = APIRouter(prefix="/v1/api-keys", tags=["identities"], route_class=TransactionalRoute)


@router.get("", summary="API keys")
async def list_keys(viewer: CurrentViewer, session: Read, page: Paging) -> Page[ApiKeyOut]:
    """Needs hr_admin or auditor. Ended ones too, in the order in which they were made."""
    rows = await queries.api_keys(viewer, session, page)
    return Page(items=[ApiKeyOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Make an API key")
async def post_key(given: ApiKeyIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> NewApiKeyOut:
    """Needs hr_admin. The answer holds the key, which is shown only now; it opens scoring too once scoring knows of it. With a scope that
    shows pay (payroll, auditor) it waits until another hr_admin approves it."""
    return await key_shown_once(viewer, await api_keys.make_key(viewer, session, given))


@router.get("/{key_id}", summary="One API key")
async def get_key(key_id: UUID, viewer: CurrentViewer, session: Read) -> ApiKeyDetail:
    """Needs hr_admin or auditor. Without its secret."""
    return await key_shown(viewer, await queries.api_key(viewer, session, key_id))


@router.post("/{key_id}/approve", summary="Approve an API key")
async def post_approval(key_id: UUID, viewer: CurrentViewer, session: Write) -> ApiKeyDetail:
    """Needs an hr_admin other than the one who made it."""
    return await key_shown(viewer, await api_keys.approve_key(viewer, session, key_id))


@router.post("/{key_id}/rotate", summary="Rotate an API key")
async def post_rotation(
    key_id: UUID, rotation: Annotated[ApiKeyRotation, Body(default_factory=ApiKeyRotation)],
    viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> NewApiKeyOut:
    """Needs hr_admin. The secret before holds for the overlap, a day unless said; the one before that ends now."""
    return await key_shown_once(viewer, await api_keys.rotate_key(viewer, session, key_id, timedelta(hours=rotation.overlap_hours)))


@router.post("/{key_id}/revoke", summary="Revoke an API key")
async def post_revocation(key_id: UUID, viewer: CurrentViewer, session: Write) -> ApiKeyDetail:
    """Needs hr_admin. It ends at once here, and in scoring at `scoring_knows_at`."""
    return await key_shown(viewer, await api_keys.revoke_key(viewer, session, key_id))
