"""Tables of HRIS sources and of what they sent.

A message arrives before its organization is known: `find_hris_source` (SECURITY DEFINER) tells the organization of one source id, no more.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, Versioned, references
from chassis.sealing import SEALED
from kpi_api.database import Row


class HrisSource(Versioned, Row):
    """A system that sends us employments. Its secret is sealed; while it is being rotated the previous one holds until its time is over."""

    __tablename__ = "hris_sources"

    name: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(info=SEALED)
    previous_sealed: Mapped[bytes | None] = mapped_column(info=SEALED)
    previous_until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class HrisMessage(AppendOnly, Row):
    """A message that was worked, by its `webhook-id`; a repeat is recognised here. `outcome` is applied, unchanged or superseded."""

    __tablename__ = "hris_messages"
    __table_args__ = (
        UniqueConstraint("organization_id", "source_id", "message_id"),
        references("hris_sources", "source_id"),
        references("persons", "person_id"),
        Index("ix_hris_messages_person", "organization_id", "person_id", "occurred_at"),
    )

    source_id: Mapped[UUID]
    message_id: Mapped[str]
    person_id: Mapped[UUID]
    occurred_at: Mapped[datetime]
    sequence: Mapped[int]
    outcome: Mapped[str]
    received_at: Mapped[datetime]
