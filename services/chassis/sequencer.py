"""Numbers what was committed: events get their place in the feed, audit records their link in the chain.

A transaction that commits late gets a late number, so a cursor over the feed never skips it. One sequencer works per organization at a time
(advisory lock); the queue `unsequenced` holds ids only and is exempt from row-level security.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Text, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.audit import AuditLink, AuditRecord
from chassis.database import Database, WriteSession
from chassis.documents import dump_canonical
from chassis.events import Event, EventNumber
from chassis.rows import ChassisRow

BATCH = 1000

AfterNumbering = Callable[[WriteSession, Sequence[Event]], Awaitable[None]]


class Unsequenced(ChassisRow):
    """A committed event or audit record without a number yet."""

    __tablename__ = "unsequenced"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


async def sequence_all(database: Database, after_numbering: AfterNumbering | None = None) -> int:
    """Number everything that is committed, organization by organization. Returns how many rows were numbered."""
    async with database.engine.connect() as connection:
        waiting = (await connection.execute(select(Unsequenced.organization_id).distinct())).scalars().all()
    return sum([await _sequence(database, organization_id, after_numbering) for organization_id in waiting])


async def _sequence(database: Database, organization_id: UUID, after_numbering: AfterNumbering | None) -> int:
    async with database.write(organization_id) as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('sequencer:' || :id, 0))"), {"id": str(organization_id)})
        rows = (
            await session.execute(
                select(Unsequenced.kind, Unsequenced.id)
                .where(Unsequenced.organization_id == organization_id)
                .order_by(Unsequenced.id)
                .limit(BATCH)
            )
        ).all()
        events = [row.id for row in rows if row.kind == "event"]
        records = [row.id for row in rows if row.kind == "audit"]
        numbered = await _number_events(session, events)
        await _chain_records(session, records)
        await session.execute(
            delete(Unsequenced).where(Unsequenced.organization_id == organization_id, Unsequenced.id.in_([*events, *records]))
        )
        if after_numbering and numbered:
            await after_numbering(session, numbered)
        return len(rows)


async def _number_events(session: WriteSession, ids: Sequence[UUID]) -> Sequence[Event]:
    if not ids:
        return []
    last = await session.scalar(select(func.coalesce(func.max(EventNumber.number), 0))) or 0
    session.add_all(EventNumber(id=id_, number=last + place) for place, id_ in enumerate(ids, start=1))
    return (await session.scalars(select(Event).where(Event.id.in_(ids)).order_by(Event.id))).all()


async def _chain_records(session: WriteSession, ids: Sequence[UUID]) -> None:
    if not ids:
        return
    last = (await session.scalars(select(AuditLink).order_by(AuditLink.number.desc()).limit(1))).first()
    number, digest = (last.number, last.digest) if last else (0, "")
    for record in await session.scalars(select(AuditRecord).where(AuditRecord.id.in_(ids)).order_by(AuditRecord.id)):
        number, previous, digest = number + 1, digest, link_digest(digest, record)
        session.add(AuditLink(id=record.id, number=number, digest=digest, previous_digest=previous))


def link_digest(previous: str, record: AuditRecord) -> str:
    """sha256 over the previous digest and the record's canonical JSON."""
    body = {
        "id": str(record.id),
        "actor": record.actor,
        "action": record.action,
        "subject_type": record.subject_type,
        "subject_id": str(record.subject_id),
        "facts": record.facts,
        "occurred_at": record.occurred_at.isoformat(),
    }
    return hashlib.sha256(previous.encode() + b"\n" + dump_canonical(body)).hexdigest()


async def verify_chain(session: WriteSession) -> list[str]:
    """What is wrong with the organization's audit chain: a sentence for each changed, missing or reordered record; empty when it holds."""
    links = (await session.scalars(select(AuditLink).order_by(AuditLink.number))).all()
    records = {record.id: record for record in await session.scalars(select(AuditRecord))}
    wrong = [f"number {b.number} follows {a.number}" for a, b in pairwise(links) if b.number != a.number + 1]
    digest = ""
    for link in links:
        record = records.get(link.id)
        if record is None:
            wrong.append(f"record {link.id} at {link.number} is missing")
        elif link.previous_digest != digest or link.digest != link_digest(digest, record):
            wrong.append(f"record {link.id} at {link.number} was changed or moved")
        digest = link.digest
    return wrong
