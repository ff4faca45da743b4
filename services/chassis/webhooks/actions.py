"""Registering endpoints, rotating their secrets, pinging, and sending again. `actor` is who asks, as audit records name them."""

import secrets
from base64 import b64encode
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from chassis import audit, events
from chassis.clock import real_now
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import Conflict, FieldError, Invalid, NotFound
from chassis.sealing import sealer
from chassis.settings import ServiceSettings
from chassis.webhooks.dispatch import enqueue
from chassis.webhooks.egress import check_url
from chassis.webhooks.models import PING, WebhookDelivery, WebhookEndpoint, WebhookSecret
from chassis.webhooks.schemas import EndpointChange, EndpointInput

SECRET_BYTES = 32


class UnknownEventType(Invalid):
    code, title = "unknown_event_type", "Unknown event type"


class EndpointDisabled(Conflict):
    code, title = "endpoint_disabled", "The endpoint is disabled"


def make_secret() -> str:
    """A fresh signing secret in the Standard Webhooks form."""
    return "whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def find_endpoint(session: ReadSession, endpoint_id: UUID) -> WebhookEndpoint:
    """Raises NotFound."""
    endpoint = await session.get(WebhookEndpoint, (session.organization_id, endpoint_id))
    if endpoint is None:
        raise NotFound()
    return endpoint


async def register(
    actor: str, session: WriteSession, settings: ServiceSettings, catalogue: Collection[str], wanted: EndpointInput
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret. Raises WebhookUrlRefused, UnknownEventType."""
    endpoint = WebhookEndpoint(
        id=new_id(),
        url=check_url(wanted.url, settings),
        description=wanted.description,
        event_types=_known(wanted.event_types, catalogue),
        created_by=actor,
        created_at=session.now,
    )
    session.add(endpoint)
    await session.flush()
    secret = _add_secret(session, settings, endpoint)
    await audit.record(session, actor, "webhook_endpoint.registered", "webhook_endpoint", endpoint.id)
    return endpoint, secret


async def change(
    actor: str,
    session: WriteSession,
    settings: ServiceSettings,
    catalogue: Collection[str],
    endpoint: WebhookEndpoint,
    wanted: EndpointChange,
) -> None:
    """Replace the endpoint's address, types and state. Enabling it forgets that it was failing."""
    endpoint.url = check_url(wanted.url, settings)
    endpoint.description = wanted.description
    endpoint.event_types = _known(wanted.event_types, catalogue)
    if wanted.enabled:
        endpoint.disabled_at = endpoint.failing_since = None
    else:
        endpoint.disabled_at = endpoint.disabled_at or real_now()
    await audit.record(session, actor, "webhook_endpoint.changed", "webhook_endpoint", endpoint.id)


async def remove(actor: str, session: WriteSession, endpoint: WebhookEndpoint) -> None:
    """Remove it with its secrets and deliveries."""
    await session.delete(endpoint)
    await audit.record(session, actor, "webhook_endpoint.removed", "webhook_endpoint", endpoint.id)


async def rotate_secret(
    actor: str, session: WriteSession, settings: ServiceSettings, endpoint: WebhookEndpoint, overlap: timedelta
) -> tuple[str, datetime]:
    """A new secret; the old ones sign beside it for `overlap`. Returns it, and until when they do."""
    until = real_now() + overlap
    await session.execute(
        update(WebhookSecret)
        .where(
            WebhookSecret.endpoint_id == endpoint.id,
            or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > until),
        )
        .values(expires_at=until)
    )
    secret = _add_secret(session, settings, endpoint)
    await audit.record(session, actor, "webhook_endpoint.secret_rotated", "webhook_endpoint", endpoint.id)
    return secret, until


async def ping(session: WriteSession, endpoint: WebhookEndpoint) -> UUID:
    """Send a `webhook.ping` event to this endpoint alone. Returns the event's id. Raises EndpointDisabled."""
    require_enabled(endpoint)
    return (await events.record(session, PING, "webhook_endpoint", endpoint.id)).id


def require_enabled(endpoint: WebhookEndpoint) -> None:
    """Raises EndpointDisabled: nothing is sent to it, so that pings would go nowhere and deliveries be parked again."""
    if endpoint.disabled_at is not None:
        raise EndpointDisabled("Nothing is sent to a disabled endpoint. Enable it first.")


async def replay(session: WriteSession, endpoint: WebhookEndpoint, delivery_id: UUID) -> WebhookDelivery:
    """Send one delivery again from its first attempt, whatever became of it. Raises NotFound, EndpointDisabled."""
    delivery = await session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint.id).with_for_update()
    )
    if delivery is None:
        raise NotFound()
    require_enabled(endpoint)
    await _send_again(session, [delivery])
    return delivery


async def replay_parked(session: WriteSession, endpoint: WebhookEndpoint, since: datetime | None) -> int:
    """Send again what was parked. Returns how many deliveries. Raises EndpointDisabled."""
    require_enabled(endpoint)
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.status == "parked")
        .order_by(WebhookDelivery.number)
        .with_for_update()
    )
    if since:
        statement = statement.where(WebhookDelivery.created_at >= since)
    parked = (await session.scalars(statement)).all()
    await _send_again(session, parked)
    return len(parked)


async def _send_again(session: WriteSession, deliveries: Sequence[WebhookDelivery]) -> None:
    for delivery in deliveries:
        delivery.status, delivery.attempts = "pending", 0
        delivery.next_attempt_at, delivery.delivered_at = real_now(), None
    for delivery in deliveries:
        await enqueue(session, delivery)


def _add_secret(session: WriteSession, settings: ServiceSettings, endpoint: WebhookEndpoint) -> str:
    secret = make_secret()
    session.add(WebhookSecret(endpoint_id=endpoint.id, sealed=sealer(settings.key_folder).seal(secret), created_at=real_now()))
    return secret


def _known(types: Sequence[str], catalogue: Collection[str]) -> list[str]:
    unknown = [
        FieldError(field=f"/event_types/{place}", code="unknown_event_type", message=f'There is no event type "{name}".')
        for place, name in enumerate(types)
        if name not in catalogue
    ]
    if unknown:
        raise UnknownEventType("GET /v1/webhook-event-types lists what can be sent.", errors=unknown)
    return sorted(set(types))
