"""Which person a subject of an outside issuer is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row


class PersonIdentity(Row):
    """A subject of an issuer, linked to a person: by the verified `email` of a first token, by an `hr_admin`, or by the `operator`.

    It speaks for the person once it is approved. `alone` marks a link that nobody but the linking hr_admin was there to approve.
    """

    __tablename__ = "person_identities"
    __table_args__ = (
        UniqueConstraint("organization_id", "issuer", "subject"),
        CheckConstraint("how IN ('email', 'hr_admin', 'operator')", name="how"),
        references("persons", "person_id"),
        Index("ix_person_identities_person", "organization_id", "person_id"),
    )

    person_id: Mapped[UUID]
    issuer: Mapped[str]
    subject: Mapped[str]
    how: Mapped[str]
    linked_by: Mapped[str]
    linked_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    alone: Mapped[bool] = mapped_column(default=False)
