"""Grants of roles, the dated closure of reporting lines, and which KPIs a person sees besides their own."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class Grant(Row):
    """A role given to a person, from a date until a date (exclusive; open when null), for one unit or everywhere."""

    __tablename__ = "grants"
    __table_args__ = (references("persons", "person_id"), Index("ix_grants_person", "organization_id", "person_id"))

    person_id: Mapped[UUID]
    role: Mapped[str]
    unit_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[str]


class ReportingLine(Row):
    """One link of the closure: `manager_id` stands `depth` steps (1 and more) above `person_id`, from a date until a date (exclusive)."""

    __tablename__ = "reporting_lines"
    __table_args__ = (
        references("persons", "manager_id"),
        references("persons", "person_id"),
        Index("ix_reporting_lines_manager", "organization_id", "manager_id", "person_id"),
        Index("ix_reporting_lines_person", "organization_id", "person_id"),
    )

    manager_id: Mapped[UUID]
    person_id: Mapped[UUID]
    depth: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class KpiSight(Row):
    """Why a person sees a KPI that is not theirs: `ancestor` (it stands on their line of sight) or `stakeholder` (they carry it together).

    Written by the cascade with each change of contributions and stakeholders.
    """

    __tablename__ = "kpi_sights"
    __table_args__ = (
        UniqueConstraint("organization_id", "person_id", "kpi_id", "sight"),
        references("persons", "person_id"),
        Index("ix_kpi_sights_kpi", "organization_id", "kpi_id"),
    )

    person_id: Mapped[UUID]
    kpi_id: Mapped[UUID]
    sight: Mapped[str]
