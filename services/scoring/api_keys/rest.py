"""REST of pushed API keys, for the sibling service alone."""

from fastapi import APIRouter

from chassis.transactions import TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.api_keys import actions
from scoring.api_keys.schemas import ApiKeysApplied, ApiKeysIn

router = APIRouter(prefix="/v1/api-keys", tags=["people"], route_class=TransactionalRoute)


@router.put("", summary="Push API keys")
async def put_api_keys(content: ApiKeysIn, viewer: CurrentViewer, session: Write) -> ApiKeysApplied:
    """Only the service that owns the keys may. Digests of secrets, no secrets; an earlier `changed_at` never overwrites a later one."""
    return await actions.put_api_keys(viewer, session, content)
