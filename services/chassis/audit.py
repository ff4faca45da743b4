"""Who read or changed what. Written before the answer, append-only, chained by the sequencer.

`record` joins the caller's write transaction; `record_read` commits in a short transaction of its own before the answer leaves.
Records hold opaque ids and field names, never values, names or text.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import Database, WriteSession
from chassis.events import await_numbers
from chassis.identifiers import new_id
from chassis.rows import AppendOnly, ChassisRow, OrganizationRow


class AuditRecord(AppendOnly, OrganizationRow, ChassisRow):
    """One read or change of something that matters: pay, reviews, grants, plans, runs. Append-only."""

    __tablename__ = "audit_records"
    __table_args__ = (Index("ix_audit_records_subject", "organization_id", "subject_type", "subject_id"),)

    actor: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]


class AuditLink(AppendOnly, OrganizationRow, ChassisRow):
    """The place of an audit record (`id`) in the organization's chain: digest = sha256(previous digest, record). Append-only."""

    __tablename__ = "audit_links"
    __table_args__ = (Index("uq_audit_links_number", "organization_id", "number", unique=True),)

    number: Mapped[int]
    digest: Mapped[str]
    previous_digest: Mapped[str] = mapped_column(default="")


async def record(session: WriteSession, actor: str, action: str, subject_type: str, subject_id: UUID, **facts: Any) -> None:
    """Write an audit record in the caller's transaction. `actor` is the viewer's subject; `facts` are ids and field names."""
    await record_all(session, actor, action, subject_type, [subject_id], **facts)


async def record_all(
    session: WriteSession, actor: str, action: str, subject_type: str, subject_ids: Sequence[UUID], **facts: Any
) -> None:
    """Write one record for each subject, all with the same facts, in the caller's transaction."""
    common = {"actor": actor, "action": action, "subject_type": subject_type, "facts": facts, "occurred_at": session.now}
    rows = [AuditRecord(id=new_id(), subject_id=subject_id, **common) for subject_id in subject_ids]
    session.add_all(rows)
    await session.flush()
    await await_numbers(session, "audit", [row.id for row in rows])


async def record_read(
    database: Database, organization_id: UUID, actor: str, action: str, subject_type: str, subject_ids: Sequence[UUID]
) -> None:
    """Write one record per subject read, in its own transaction, before the answer is sent."""
    if subject_ids:
        async with database.write(organization_id) as session:
            await record_all(session, actor, action, subject_type, subject_ids)
