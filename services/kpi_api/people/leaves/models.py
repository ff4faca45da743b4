"""When somebody is on leave."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import Versioned, references
from kpi_api.database import Row


class Leave(Versioned, Row):
    """Somebody is away from `first_day` to `last_day`, both included; a null `last_day` is not known yet. Leaves never overlap.

    `kind` is the organization's own word, such as parental or sabbatical; it may tell of health, so few see it.
    """

    __tablename__ = "leaves"
    __table_args__ = (
        references("persons", "person_id"),
        CheckConstraint("last_day >= first_day", name="dates_in_order"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("person_id", "="),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            name="ex_leaves_overlap",
            using="gist",
        ),
        Index("ix_leaves_person", "organization_id", "person_id", "first_day"),
    )

    person_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    kind: Mapped[str | None]
