"""The table of differences stated between definitions that look alike."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class StatedDifference(Row):
    """Why two definitions that look alike are not the same. It holds for the two versions named, so a new version asks again."""

    __tablename__ = "stated_differences"
    __table_args__ = (
        UniqueConstraint("organization_id", "first_id", "second_id"),
        references("kpi_definitions", "first_id"),
        references("kpi_definitions", "second_id"),
        references("definition_versions", "first_version_id"),
        references("definition_versions", "second_version_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
    )

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    first_version_id: Mapped[UUID]
    second_version_id: Mapped[UUID]
    note: Mapped[str]
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]
