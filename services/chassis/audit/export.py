"""Reading audit records: filtered pages for `rest`, and every record as lines for auditors' own tools. Reading is itself recorded."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import Select, select, tuple_

from chassis.audit.records import AuditLink, AuditRecord, record_read
from chassis.database import Database, ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page

BATCH = 1000


class AuditRecordOut(BaseModel):
    """One audit record with its place in the chain; `number` and digests are null until it has one.

    `digest` is the SHA-256 of `previous_digest`, a line feed, and the other fields but `number` as JSON with sorted keys and no spaces.
    """

    id: UUID
    actor: str
    action: str
    subject_type: str
    subject_id: UUID
    facts: dict[str, Any]
    occurred_at: datetime
    number: int | None
    digest: str | None
    previous_digest: str | None


@dataclass(frozen=True)
class AuditFilter:
    """Which records: by exact value, and from a moment (inclusive) until another (exclusive)."""

    actor: str | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: UUID | None = None
    from_: datetime | None = None
    until: datetime | None = None

    def records(self) -> Select[AuditRecord]:
        same = {name: value for name, value in asdict(self).items() if value is not None and name not in {"from_", "until"}}
        statement = select(AuditRecord).filter_by(**same)
        if self.from_ is not None:
            statement = statement.where(AuditRecord.occurred_at >= self.from_)
        return statement if self.until is None else statement.where(AuditRecord.occurred_at < self.until)

    def facts(self) -> dict[str, str]:
        """What was asked for, to be recorded."""
        return {name.rstrip("_"): str(value) for name, value in asdict(self).items() if value is not None}


async def record_reading(session: ReadSession, actor: str, wanted: AuditFilter) -> None:
    """Record that the audit itself is read, and by which filter."""
    await record_read(session, actor, "audit.read", "organization", [session.organization_id], filter=wanted.facts())


async def audit_page(session: ReadSession, page: PageRequest, wanted: AuditFilter, *, reader: str) -> Rows[AuditRecord]:
    """A page of records in the order in which they happened. The caller has checked that the reader may."""
    return await fetch_page(
        session,
        wanted.records(),
        page,
        keys=[(AuditRecord.occurred_at, lambda row: row.occurred_at), (AuditRecord.id, lambda row: row.id)],
        scope=f"audit {reader} {wanted}",
    )


async def shown(session: ReadSession, rows: Sequence[AuditRecord]) -> list[AuditRecordOut]:
    """Records with their places in the chain."""
    links = {link.id: link for link in await session.scalars(select(AuditLink).where(AuditLink.id.in_([row.id for row in rows])))}
    of_record = [name for name in AuditRecordOut.model_fields if name not in {"number", "digest", "previous_digest"}]
    return [
        AuditRecordOut(
            **{name: getattr(row, name) for name in of_record},
            **{name: getattr(links.get(row.id), name, None) for name in ("number", "digest", "previous_digest")},
        )
        for row in rows
    ]


async def export_lines(database: Database, organization_id: UUID, wanted: AuditFilter) -> AsyncIterator[bytes]:
    """Every such record as a line of JSON, oldest first, as of one moment; memory stays the same for any number."""
    async with database.read(organization_id, snapshot=True) as session:
        last: tuple[datetime, UUID] | None = None
        key = tuple_(AuditRecord.occurred_at, AuditRecord.id)
        while True:
            statement = wanted.records() if last is None else wanted.records().where(key > last)
            rows = (await session.scalars(statement.order_by(AuditRecord.occurred_at, AuditRecord.id).limit(BATCH))).all()
            if not rows:
                return
            for row in await shown(session, rows):
                yield orjson.dumps(row.model_dump(mode="json")) + b"\n"
            last = (rows[-1].occurred_at, rows[-1].id)
            session.expunge_all()
