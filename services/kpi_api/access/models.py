"""Grants of roles, delegations, the dated closure of reporting lines, and which KPIs a person sees besides their own."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from chassis.access import on_day
from chassis.rows import references
from kpi_api.database import Row


class Grant(Row):
    """A role given to a person, from a date until a date (exclusive; open when null), for one unit or everywhere.

    It holds once somebody else has approved it. `alone` marks one that nobody else was there to approve.
    """

    __tablename__ = "grants"
    __table_args__ = (references("persons", "person_id"), Index("ix_grants_person", "organization_id", "person_id"))

    person_id: Mapped[UUID]
    role: Mapped[str]
    unit_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    alone: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def holds_on(cls, day: date) -> ColumnElement[bool]:
        """Whether the grant is approved and in force on a day."""
        return and_(cls.approved_at.is_not(None), on_day(cls.valid_from, cls.valid_to, day))


class Delegation(Row):
    """A manager's rights over reports and subtree, given to a delegate from a date until a date (exclusive). Never passed on."""

    __tablename__ = "delegations"
    __table_args__ = (
        references("persons", "delegator_id"),
        references("persons", "delegate_id"),
        CheckConstraint("delegate_id <> delegator_id", name="to_another"),
        CheckConstraint("valid_to >= valid_from", name="order"),
        Index("ix_delegations_delegate", "organization_id", "delegate_id"),
        Index("ix_delegations_delegator", "organization_id", "delegator_id"),
    )

    delegator_id: Mapped[UUID]
    delegate_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    given_by: Mapped[str]
    given_at: Mapped[datetime]


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
