"""Person references, and the outside identities that people sign in with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from scoring.database import Row


class Person(Row):
    """A person as another system pushed them. `as_of` is the moment of that system's knowledge: an older one never overwrites.

    Nothing overwrites one who is erased (`privacy.erasure`), of whom the id is left and what was paid.
    """

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_people_legal_entity", "organization_id", "legal_entity"),
        CheckConstraint("erased_at IS NULL OR (NOT active AND external_id = 'erased:' || id AND display_name = 'erased')", name="erased"),
    )

    external_id: Mapped[str]
    display_name: Mapped[str]
    active: Mapped[bool]
    legal_entity: Mapped[str | None]
    as_of: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class PersonIdentity(Row):
    """Which person a subject of an outside issuer is, as it was known at `as_of`; something older never overwrites."""

    __tablename__ = "person_identities"
    __table_args__ = (
        UniqueConstraint("organization_id", "issuer", "subject"),
        references("people", "person_id"),
        Index("ix_person_identities_person", "organization_id", "person_id"),
    )

    person_id: Mapped[UUID]
    issuer: Mapped[str]
    subject: Mapped[str]
    as_of: Mapped[datetime]
