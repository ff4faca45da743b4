"""Numbers what was committed: events get their place in the feed, audit records their link in the chain.

A transaction that commits late gets a late number, so a cursor over the feed never skips it. One sequencer works per organization at a time
(advisory lock); the queue `unsequenced` holds ids only and is exempt from row-level security.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Text, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.audit.chain import extend_chain
from chassis.audit.records import record
from chassis.audit.seals import AuditKeys
from chassis.database import Database, WriteSession
from chassis.events import Event, EventNumber
from chassis.organizations import for_each_organization
from chassis.rows import ChassisRow

BATCH = 1000

AfterNumbering = Callable[[WriteSession, Sequence[Event]], Awaitable[None]]


class Unsequenced(ChassisRow):
    """A committed event or audit record without a number yet."""

    __tablename__ = "unsequenced"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


async def sequence_all(database: Database, keys: AuditKeys, after_numbering: AfterNumbering | None = None) -> int:
    """Number everything that is committed, organization by organization. Returns how many rows were numbered.

    Raises ExceptionGroup once all others are numbered, when some organizations' could not be.
    """
    async with database.engine.connect() as connection:  # nosemgrep: connection-outside-a-transaction - ids of a queue table
        waiting = (await connection.execute(select(Unsequenced.organization_id).distinct())).scalars().all()
    return sum(await for_each_organization(waiting, partial(_sequence, database, keys, after_numbering)))


async def _sequence(database: Database, keys: AuditKeys, after_numbering: AfterNumbering | None, organization_id: UUID) -> int:
    async with database.write(organization_id) as session:
        await _lock(session)
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
        await extend_chain(session, records, keys)
        await session.execute(
            delete(Unsequenced).where(Unsequenced.organization_id == organization_id, Unsequenced.id.in_([*events, *records]))
        )
        if after_numbering and numbered:
            await after_numbering(session, numbered)
        return len(rows)


async def seal_chain(database: Database, organization_id: UUID, keys: AuditKeys) -> None:
    """Seal a chain that has no seal from here on, by a record of the operator's that is linked at once.

    It vouches for everything before: verify that first, and compare its head with one noted elsewhere.
    """
    async with database.write(organization_id) as session:
        await _lock(session)
        before = set(await session.scalars(select(Unsequenced.id).where(Unsequenced.organization_id == organization_id)))
        await record(session, "operator", "audit.sealed", "organization", organization_id)
        mine = Unsequenced.organization_id == organization_id, Unsequenced.kind == "audit", Unsequenced.id.not_in(before)
        ids = (await session.scalars(delete(Unsequenced).where(*mine).returning(Unsequenced.id))).all()
        await extend_chain(session, ids, keys, begin_sealed=True)


async def _lock(session: WriteSession) -> None:
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended('sequencer:' || :id, 0))")
    await session.execute(lock, {"id": str(session.organization_id)})


async def _number_events(session: WriteSession, ids: Sequence[UUID]) -> Sequence[Event]:
    if not ids:
        return []
    last = await session.scalar(select(func.coalesce(func.max(EventNumber.number), 0))) or 0
    session.add_all(EventNumber(id=id_, number=last + place) for place, id_ in enumerate(ids, start=1))
    return (await session.scalars(select(Event).where(Event.id.in_(ids)).order_by(Event.id))).all()
