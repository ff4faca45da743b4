"""Who asked for a person to be erased."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class Erasure(Row):
    """The erasure of the person whose id it has, asked for by one hr_admin and done by another; `alone` where there was no other.

    `reason` is a code, so that it holds nobody's name.
    """

    __tablename__ = "erasures"
    __table_args__ = (references("persons", "id"), CheckConstraint("(approved_by IS NULL) = (erased_at IS NULL)", name="approved"))

    reason: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    erased_at: Mapped[datetime | None]
    alone: Mapped[bool]
