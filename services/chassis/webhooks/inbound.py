"""Verifying a signed webhook that another system sends us (Standard Webhooks, symmetric v1).

The sender signs `webhook-id.webhook-timestamp.body` with a shared secret. A timestamp more than five minutes away from real time is
refused, so that a recorded message cannot be sent again later.
"""

from collections.abc import Iterable, Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from chassis.problems import Problem


class SignatureInvalid(Problem):
    """The same words whatever was wrong, so that an attacker learns nothing."""

    status, code, title = 401, "webhook_signature_invalid", "Webhook signature invalid"

    def __init__(self) -> None:
        super().__init__(
            "Sign the exact body by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) with a live secret,"
            " within five minutes of sending."
        )


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> str:
    """The `webhook-id` of a message signed with one of `secrets` (`whsec_...`; several while one is being rotated).

    The id is part of what is signed, so a receiver may trust it to recognise a repeat. Raises SignatureInvalid.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if any(_signed_with(secret, given, body) for secret in secrets):
        return given["webhook-id"]
    raise SignatureInvalid()


def _signed_with(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        # The library lets a ValueError escape for a signature without a comma, bad base64, or a body that is not UTF-8.
        return False
    return True
