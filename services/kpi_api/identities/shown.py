"""How an API key looks to a viewer, and what they may do with it now or why not."""

from chassis.access import Viewer
from chassis.identity.api_keys import ApiKey, NewApiKey
from chassis.verbs import verb_output
from kpi_api.identities import api_keys
from kpi_api.identities.schemas import ApiKeyDetail, ApiKeyOut, NewApiKeyOut


async def key_shown(viewer: Viewer, key: ApiKey) -> ApiKeyDetail:
    """A key that the viewer was found to see, without its secret."""
    verbs = [
        await verb_output("approve", lambda: api_keys.require_approvable(viewer, key)),
        await verb_output("rotate", lambda: api_keys.require_rotatable(viewer, key)),
        await verb_output("revoke", lambda: api_keys.require_revocable(viewer, key)),
    ]
    return ApiKeyDetail.model_validate({**ApiKeyOut.model_validate(key).model_dump(), "verbs": verbs})


async def key_shown_once(viewer: Viewer, made: NewApiKey) -> NewApiKeyOut:
    """A key just made or rotated, with its text."""
    return NewApiKeyOut.model_validate({**dict(await key_shown(viewer, made.row)), "key": made.text})
