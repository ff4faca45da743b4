"""Grants and the dated reporting lines, as kpi_api pushed them, so that scoring enforces sight and segregation of duties by itself."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chassis.rows import references
from scoring.database import Row


class Grant(Row):
    """A role given to a person, from a date until a date (exclusive; open when null)."""

    __tablename__ = "grants"
    __table_args__ = (references("people", "person_id"), Index("ix_grants_person", "organization_id", "person_id"))

    person_id: Mapped[UUID]
    role: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ReportingLine(Row):
    """`manager_id` stands `depth` steps (1 and more) above `person_id`, from a date until a date (exclusive).

    People are pushed in batches, so the manager may come later than the line: there is no foreign key for them.
    """

    __tablename__ = "reporting_lines"
    __table_args__ = (
        references("people", "person_id"),
        Index("ix_reporting_lines_manager", "organization_id", "manager_id", "person_id"),
        Index("ix_reporting_lines_person", "organization_id", "person_id"),
    )

    manager_id: Mapped[UUID]
    person_id: Mapped[UUID]
    depth: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
