"""From numbered events to deliveries: the sequencer calls `dispatch` in the transaction that gives events their numbers, so each event gets
exactly one delivery per endpoint that wants it."""

from collections.abc import Sequence

from sqlalchemy import select

from chassis import jobs
from chassis.clock import real_now
from chassis.database import WriteSession
from chassis.events import Event, EventNumber
from chassis.identifiers import new_id
from chassis.webhooks.models import WebhookDelivery, WebhookEndpoint

DELIVER = "webhooks.deliver"


async def dispatch(session: WriteSession, numbered: Sequence[Event]) -> None:
    """Write a pending delivery, and its job, for each numbered event and each live endpoint that wants it."""
    endpoints = (await session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.disabled_at.is_(None)))).all()
    wanted = [(endpoint, event) for event in numbered for endpoint in endpoints if endpoint.wants(event)]
    if not wanted:
        return
    found = await session.scalars(select(EventNumber).where(EventNumber.id.in_([event.id for _, event in wanted])))
    numbers = {row.id: row.number for row in found}
    deliveries = [_delivery(endpoint, event, numbers[event.id]) for endpoint, event in wanted]
    session.add_all(deliveries)
    for delivery in deliveries:
        await enqueue(session, delivery)


async def enqueue(session: WriteSession, delivery: WebhookDelivery) -> None:
    """The job that delivers it next."""
    await jobs.enqueue(session, DELIVER, {"delivery_id": delivery.id}, once_key=str(delivery.id))


def _delivery(endpoint: WebhookEndpoint, event: Event, number: int) -> WebhookDelivery:
    now = real_now()
    return WebhookDelivery(
        id=new_id(),
        endpoint_id=endpoint.id,
        event_id=event.id,
        event_type=event.type,
        subject_id=event.subject_id,
        number=number,
        status="pending",
        attempts=0,
        created_at=now,
        next_attempt_at=now,
    )
