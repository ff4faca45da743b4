"""Audit records, and writing them. They hold opaque ids and field names, never values, names or text.

A change is recorded in its own transaction. A read is recorded when the reading transaction is over and before the answer leaves; where
that fails, so does the answer. One's own pay and reviews may be read unrecorded; the caller leaves those out.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import ReadSession, WriteSession
from chassis.documents import dump_canonical
from chassis.identifiers import new_id
from chassis.rows import AppendOnly, ChassisRow, OrganizationRow


class AuditRecord(AppendOnly, OrganizationRow, ChassisRow):
    """One read or change of something that matters. Append-only."""

    __tablename__ = "audit_records"
    __table_args__ = (
        Index("ix_audit_records_subject", "organization_id", "subject_type", "subject_id"),
        Index("ix_audit_records_occurred_at", "organization_id", "occurred_at", "id"),
        Index("ix_audit_records_actor", "organization_id", "actor", "occurred_at", "id"),
    )

    actor: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]


class AuditLink(AppendOnly, OrganizationRow, ChassisRow):
    """The place of an audit record (`id`) in the organization's chain: digest = sha256(previous digest, record). Append-only.

    `seal` is made of the digest with a key that is not in the database (`seals`); links from before there were seals have none."""

    __tablename__ = "audit_links"
    __table_args__ = (Index("uq_audit_links_number", "organization_id", "number", unique=True),)

    number: Mapped[int]
    digest: Mapped[str]
    previous_digest: Mapped[str] = mapped_column(default="")
    seal: Mapped[str | None]


class AuditHead(ChassisRow):
    """The end of an organization's chain, kept apart from it so that links cut off at the end are missed."""

    __tablename__ = "audit_heads"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[str]
    seal: Mapped[str | None]


REPLAYED = "answer.replayed"

# One statement for any number of subjects: the records, and their places in the queue of what is not chained yet.
WRITE = text(
    """
    WITH given AS (
      SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:subject_ids AS uuid[])) AS given (id, subject_id)
    ), written AS (
      INSERT INTO audit_records (organization_id, id, actor, action, subject_type, subject_id, facts, occurred_at)
      SELECT :organization_id, id, :actor, :action, :subject_type, subject_id, CAST(:facts AS jsonb), :occurred_at FROM given
    )
    INSERT INTO unsequenced (organization_id, kind, id) SELECT :organization_id, 'audit', id FROM given
    """
)


async def record(session: WriteSession, actor: str, action: str, subject_type: str, subject_id: UUID, **facts: Any) -> None:
    """Write an audit record in the caller's transaction. `actor` is the viewer's subject; `facts` are ids and field names."""
    await record_all(session, actor, action, subject_type, [subject_id], **facts)


async def record_all(session: WriteSession, actor: str, action: str, subject_type: str, subject_ids: Sequence[UUID], **facts: Any) -> None:
    """Write one record for each subject, all with the same facts, in the caller's transaction."""
    await session.flush()
    if not subject_ids:
        return
    common = {"actor": actor, "action": action, "subject_type": subject_type, "facts": dump_canonical(facts).decode()}
    ids = [new_id() for _ in subject_ids]
    own = {"organization_id": session.organization_id, "occurred_at": session.now, "ids": ids, "subject_ids": list(subject_ids)}
    await session.execute(WRITE, {**common, **own})
    _recorded(session).update((subject_type, subject_id) for subject_id in subject_ids)


async def record_read(session: ReadSession, actor: str, action: str, subject_type: str, subject_ids: Sequence[UUID], **facts: Any) -> None:
    """Write one record for each subject read: after a reading transaction, or within a writing one. What that has recorded of a subject
    already says enough."""
    if isinstance(session, WriteSession):
        unsaid = [id_ for id_ in subject_ids if (subject_type, id_) not in _recorded(session)]
        await record_all(session, actor, action, subject_type, unsaid, **facts)
    elif subject_ids:

        async def write(writing: WriteSession) -> None:
            await record_read(writing, actor, action, subject_type, subject_ids, **facts)

        session.afterwards.append(write)


def forget_recorded(session: WriteSession) -> None:
    """What was recorded in a savepoint may have been undone with it: reads from here on are recorded anew."""
    _recorded(session).clear()


async def record_replay(session: WriteSession, actor: str, first_at: datetime) -> None:
    """Write that an answer was given again: about each subject of which the actor's first request, at `first_at`, left a record."""
    first = select(AuditRecord.subject_type, func.array_agg(AuditRecord.subject_id.distinct()))
    first = first.where(AuditRecord.actor == actor, AuditRecord.occurred_at == first_at, AuditRecord.action != REPLAYED)
    for subject_type, subject_ids in (await session.execute(first.group_by(AuditRecord.subject_type))).all():
        await record_all(session, actor, REPLAYED, subject_type, subject_ids)


def _recorded(session: WriteSession) -> set[tuple[str, UUID]]:
    found: set[tuple[str, UUID]] = session.sync_session.info.setdefault("recorded", set())
    return found


def record_body(row: Any) -> bytes:
    """The bytes of a record that its digest covers: canonical JSON of every column."""
    body = {
        "id": str(row.id),
        "actor": row.actor,
        "action": row.action,
        "subject_type": row.subject_type,
        "subject_id": str(row.subject_id),
        "facts": row.facts,
        "occurred_at": row.occurred_at.isoformat(),
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
