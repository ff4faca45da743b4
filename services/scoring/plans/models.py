"""Plans, their versions, and which people a version pays on which days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from scoring.database import Row


class Plan(Row):
    """A plan by its stable code. `earning_code` is the name under which payroll books what it pays."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    earning_code: Mapped[str]


class PlanVersion(Row):
    """One text of a plan. It never changes; what changes is whether somebody has approved it.

    `source` is the text as written, `canonical` its canonical JSON, `digest` the SHA-256 that names its meaning.
    """

    __tablename__ = "plan_versions"
    __table_args__ = (
        references("plans", "plan_id"),
        UniqueConstraint("organization_id", "plan_id", "number"),
        CheckConstraint("status IN ('draft', 'approved')", name="status"),
        CheckConstraint("approver_id <> author_id", name="approved_by_another"),
    )

    plan_id: Mapped[UUID]
    number: Mapped[int]
    source: Mapped[str]
    canonical: Mapped[str]
    digest: Mapped[str]
    findings: Mapped[list[Any]]
    status: Mapped[str]
    author: Mapped[str]
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    approver_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]


class PlanAssignment(Row):
    """A plan version for a population, from a date until a date (exclusive)."""

    __tablename__ = "plan_assignments"
    __table_args__ = (
        references("plan_versions", "plan_version_id"),
        Index("ix_plan_assignments_version", "organization_id", "plan_version_id"),
    )

    plan_version_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class PlanAssignmentMember(Row):
    """One part of an assignment's population: `everyone`, `legal_entity:CODE` or `person:ID`. The same part never twice for a day."""

    __tablename__ = "plan_assignment_members"
    __table_args__ = (
        references("plan_assignments", "assignment_id"),
        CheckConstraint("member = 'everyone' OR member LIKE 'legal_entity:_%' OR member LIKE 'person:_%'", name="member"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("member", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            name="plan_assignment_members_no_overlap",
            using="gist",
        ),
    )

    assignment_id: Mapped[UUID]
    member: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
