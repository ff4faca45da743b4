"""Person references."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from scoring.database import Row


class Person(Row):
    """A person as another system pushed them. `as_of` is the moment of that system's knowledge: an older one never overwrites."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_people_legal_entity", "organization_id", "legal_entity"),
    )

    external_id: Mapped[str]
    display_name: Mapped[str]
    active: Mapped[bool]
    legal_entity: Mapped[str | None]
    as_of: Mapped[datetime]


