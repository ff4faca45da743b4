"""What happened, as rows written in the transaction of the change.

An event has a type (`scorecard.agreed`), a subject (type and id) and data: ids and facts that any subscriber may see; names and free text
stay in rows that can be erased. Jobs that subscribe are enqueued in the same transaction. After commit the sequencer gives the event its
number in the organization's feed (`GET /v1/events`), so no reader's cursor skips a slow transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped

from chassis import jobs
from chassis.database import ReadSession, WriteSession
from chassis.rows import AppendOnly, ChassisRow, OrganizationRow


class Event(AppendOnly, OrganizationRow, ChassisRow):
    """One thing that happened. Append-only."""

    __tablename__ = "events"

    type: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]


class EventNumber(AppendOnly, OrganizationRow, ChassisRow):
    """The place of an event (`id`) in its organization's feed: 1, 2, 3, without gaps. Append-only."""

    __tablename__ = "event_numbers"
    __table_args__ = (Index("uq_event_numbers_number", "organization_id", "number", unique=True),)

    number: Mapped[int]


async def record(session: WriteSession, type_: str, subject_type: str, subject_id: UUID, **data: Any) -> Event:
    """Write an event and enqueue the jobs that subscribe to its type. `data` must be JSON; ids and decimals as strings."""
    event = Event(type=type_, subject_type=subject_type, subject_id=subject_id, data=data, occurred_at=session.now)
    session.add(event)
    await session.flush()
    await await_numbers(session, "event", [event.id])
    for job in session.subscriptions.get(type_, ()):
        await jobs.enqueue(session, job, {"event_id": event.id, "subject_id": subject_id, **data})
    return event


async def await_numbers(session: WriteSession, kind: str, record_ids: Sequence[UUID]) -> None:
    """Hand records to the sequencer, which numbers them after commit."""
    await session.execute(
        text("INSERT INTO unsequenced (organization_id, kind, id) SELECT :organization_id, :kind, unnest(CAST(:ids AS uuid[]))"),
        {"organization_id": session.organization_id, "kind": kind, "ids": list(record_ids)},
    )


async def feed(session: ReadSession, *, after: int, limit: int, types: list[str] | None = None) -> list[tuple[int, Event]]:
    """Numbered events with a number above `after`, in order. The caller has checked that the viewer may read the feed."""
    statement = (
        select(EventNumber.number, Event)
        .join(Event, (Event.organization_id == EventNumber.organization_id) & (Event.id == EventNumber.id))
        .where(EventNumber.number > after)
        .order_by(EventNumber.number)
        .limit(limit)
    )
    if types:
        statement = statement.where(Event.type.in_(types))
    return [(number, event) for number, event in (await session.execute(statement)).all()]


async def last_number(session: ReadSession) -> int:
    return await session.scalar(select(func.coalesce(func.max(EventNumber.number), 0))) or 0
