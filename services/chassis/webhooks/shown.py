"""How an endpoint looks to who may manage webhooks, and what they may do with it now or why not."""

from chassis.verbs import verb_output
from chassis.webhooks import actions
from chassis.webhooks.models import WebhookEndpoint
from chassis.webhooks.schemas import EndpointDetail, endpoint_view

ALWAYS = ("change", "remove", "rotate_secret")
WHILE_ENABLED = ("ping", "replay")


async def endpoint_shown(endpoint: WebhookEndpoint) -> EndpointDetail:
    """An endpoint in full. Who sees one may manage all of them: the doors ask for one permit."""
    verbs = [await verb_output(verb, lambda: None) for verb in ALWAYS]
    verbs += [await verb_output(verb, lambda: actions.require_enabled(endpoint)) for verb in WHILE_ENABLED]
    return EndpointDetail(**endpoint_view(endpoint).model_dump(), verbs=verbs)
