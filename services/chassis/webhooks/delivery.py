"""Delivering: sign, post, and write down what came of it.

Deliveries of one endpoint about one subject go out in the order of the feed: a later one waits until the earlier is delivered or parked.
The attempt holds its delivery's row lock, so two workers never send the same delivery at once. A worker killed in the middle leaves it
pending and another takes its job over, hence a receiver may see a message twice and recognises it by `webhook-id`.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, or_, select, update
from standardwebhooks import Webhook

from chassis import events, jobs
from chassis.clock import real_now
from chassis.database import ReadSession, WriteSession
from chassis.events import Event
from chassis.jobs import Handler, Job
from chassis.sealing import sealer
from chassis.settings import ServiceSettings
from chassis.webhooks.dispatch import DELIVER, enqueue
from chassis.webhooks.egress import Answer, post
from chassis.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookSecret

GONE = 410


class WebhookBody(BaseModel):
    """What is posted: the event, with its number in the feed. Equal at each attempt."""

    type: str
    timestamp: datetime
    organization_id: UUID
    number: int
    subject_type: str
    subject_id: UUID
    data: dict[str, Any]


def deliver(settings: ServiceSettings) -> Handler:
    """The job `webhooks.deliver`: one attempt of one delivery, then the next one about the same subject."""

    async def handler(job: Job) -> None:
        delivery_id = UUID(job.payload["delivery_id"])
        async with job.database.write(job.organization_id) as session:
            await attempt(session, settings, delivery_id)
        # In a transaction of its own: a later delivery whose job gave way to this one is committed by now, so it is found here.
        async with job.database.write(job.organization_id) as session:
            await go_on(session, delivery_id)

    return handler


async def attempt(session: WriteSession, settings: ServiceSettings, delivery_id: UUID) -> None:
    """Send the delivery unless it is finished, being sent, or has to wait for an earlier one."""
    delivery = await session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.status == "pending")
        .with_for_update(skip_locked=True)
    )
    if delivery is None or await _waits(session, delivery):
        return
    endpoint = await session.get_one(WebhookEndpoint, (session.organization_id, delivery.endpoint_id))
    if endpoint.disabled_at:
        _park(delivery, Answer(None, "the endpoint is disabled"))
    else:
        await _record(session, settings, endpoint, delivery, await _send(session, settings, endpoint, delivery))


async def go_on(session: WriteSession, delivery_id: UUID) -> None:
    """Once this delivery is finished, enqueue the next pending one of its endpoint and subject."""
    done = await session.get(WebhookDelivery, (session.organization_id, delivery_id))
    if done is None or done.status == "pending":
        return
    following = await session.scalar(_pending_beside(done).order_by(WebhookDelivery.number).limit(1))
    if following:
        await enqueue(session, following)


def _pending_beside(delivery: WebhookDelivery) -> Any:
    return select(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == delivery.endpoint_id,
        WebhookDelivery.subject_id == delivery.subject_id,
        WebhookDelivery.status == "pending",
    )


async def _waits(session: ReadSession, delivery: WebhookDelivery) -> bool:
    earlier = _pending_beside(delivery).where(WebhookDelivery.number < delivery.number)
    return await session.scalar(earlier.limit(1)) is not None


async def _send(session: ReadSession, settings: ServiceSettings, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Answer:
    event = await session.get_one(Event, (session.organization_id, delivery.event_id))
    body = _body(event, delivery.number)
    now = real_now()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sightline-Webhooks/1",
        "webhook-id": str(event.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(str(event.id), now, body) for secret in await live_secrets(session, settings, endpoint.id)
        ),
    }
    return await post(endpoint.url, body.encode(), headers, settings)


def _body(event: Event, number: int) -> str:
    return WebhookBody(
        type=event.type,
        timestamp=event.occurred_at,
        organization_id=event.organization_id,
        number=number,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        data=event.data,
    ).model_dump_json()


async def live_secrets(session: ReadSession, settings: ServiceSettings, endpoint_id: UUID) -> list[str]:
    """The endpoint's secrets that have not expired, newest first."""
    rows = await session.scalars(
        select(WebhookSecret)
        .where(WebhookSecret.endpoint_id == endpoint_id, or_(WebhookSecret.expires_at.is_(None), WebhookSecret.expires_at > real_now()))
        .order_by(WebhookSecret.id.desc())
    )
    return [sealer(settings.key_folder).unseal(row.sealed) for row in rows]


async def _record(
    session: WriteSession, settings: ServiceSettings, endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer
) -> None:
    delivery.attempts += 1
    delivery.last_status, delivery.last_error = answer.status, answer.error
    if answer.accepted:
        delivery.status, delivery.delivered_at, delivery.next_attempt_at = "delivered", real_now(), None
        await _note_health(session, endpoint, failing_since=None)
        return
    await _note_health(session, endpoint, failing_since=endpoint.failing_since or real_now())
    if answer.status == GONE or delivery.attempts > len(settings.webhook_retry_seconds):
        _park(delivery, answer)
        await _disable_if_hopeless(session, settings, endpoint, answer)
    else:
        await _try_again(session, delivery, timedelta(seconds=settings.webhook_retry_seconds[delivery.attempts - 1]))


async def _try_again(session: WriteSession, delivery: WebhookDelivery, after: timedelta) -> None:
    delivery.next_attempt_at = real_now() + after
    await jobs.enqueue(session, DELIVER, {"delivery_id": delivery.id}, once_key=str(delivery.id), after=after)


def _park(delivery: WebhookDelivery, answer: Answer) -> None:
    delivery.status, delivery.next_attempt_at = "parked", None
    delivery.last_status, delivery.last_error = answer.status, answer.error


async def _note_health(session: WriteSession, endpoint: WebhookEndpoint, *, failing_since: datetime | None) -> None:
    """Since when nothing has arrived. Written past the row's version: it is not an edit that a person must see before theirs."""
    if endpoint.failing_since != failing_since:
        await session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id).values(failing_since=failing_since))


async def _disable_if_hopeless(session: WriteSession, settings: ServiceSettings, endpoint: WebhookEndpoint, answer: Answer) -> None:
    """Stop sending to an endpoint that says it is gone, or that has failed for days; say so in the feed, which its owner can read."""
    hopeless_since = real_now() - timedelta(days=settings.webhook_disable_after_days)
    since = endpoint.failing_since
    if answer.status == GONE or (since is not None and since < hopeless_since):
        now = func.coalesce(WebhookEndpoint.disabled_at, real_now())
        await session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id).values(disabled_at=now))
        await events.record(session, "webhook_endpoint.disabled", "webhook_endpoint", endpoint.id, last_status=answer.status)
