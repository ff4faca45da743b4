"""Tables of the cascade: KPIs, targets, contributions and stakeholders. Circles of contributions are refused by the database itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from kpi_api.database import Row


class Kpi(Versioned, Row):
    """A definition version given to an owner for a window (first and last day).

    An individual KPI has one person; other levels have a unit, strategic ones a unit or a person (board and chief executive).
    `code` is the organization's own reference, by which files and bulk calls name the KPI; null where none was given. `calendar_id` is
    the calendar whose sprints and working days it follows. A window may begin with an event ("first 60 days after launch"): named for
    this KPI alone, or a `WindowEvent` of many. Until it occurs the KPI is `waiting`, and its window stands for nothing.
    `roll_up` is how it comes about: measured on its own, or the sum, mean or weighted mean of the values or attainments (`roll_up_of`) of
    the KPIs that contribute to it.
    """

    __tablename__ = "kpis"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        references("definition_versions", "definition_version_id"),
        references("cycles", "cycle_id"),
        references("persons", "owner_person_id"),
        references("org_units", "owner_unit_id"),
        references("calendars", "calendar_id"),
        references("window_events", "window_event_id"),
        CheckConstraint("window_end >= window_start", name="window"),
        CheckConstraint("status <> 'waiting' OR (window_event IS NOT NULL AND window_days IS NOT NULL)", name="waiting"),
        CheckConstraint(
            "CASE level WHEN 'individual' THEN owner_person_id IS NOT NULL AND owner_unit_id IS NULL"
            " WHEN 'strategic' THEN num_nonnulls(owner_person_id, owner_unit_id) = 1"
            " ELSE owner_unit_id IS NOT NULL AND owner_person_id IS NULL END",
            name="owner",
        ),
        references("kpis", "copied_from_id"),
        Index(
            "uq_kpis_copied_from",
            "organization_id",
            "cycle_id",
            "copied_from_id",
            unique=True,
            postgresql_where=text("copied_from_id IS NOT NULL"),
        ),
        Index("ix_kpis_owner_person", "organization_id", "owner_person_id"),
        Index("ix_kpis_owner_unit", "organization_id", "owner_unit_id"),
        Index("ix_kpis_cycle_level", "organization_id", "cycle_id", "level"),
        Index("ix_kpis_definition_version", "organization_id", "definition_version_id"),
        Index("ix_kpis_window_event", "organization_id", "window_event_id", postgresql_where=text("window_event_id IS NOT NULL")),
        CheckConstraint("withdrawn_at IS NULL OR status = 'withdrawn'", name="withdrawn"),
        CheckConstraint("roll_up IN ('measured', 'sum', 'mean', 'weighted_mean')", name="roll_up"),
        CheckConstraint("roll_up_of IN ('values', 'attainments')", name="roll_up_of"),
        Index("ix_kpis_rolled_up", "organization_id", "id", postgresql_where=text("roll_up <> 'measured'")),
    )

    code: Mapped[str | None]
    definition_version_id: Mapped[UUID]
    cycle_id: Mapped[UUID]
    name: Mapped[str]
    why: Mapped[str]
    level: Mapped[str]
    owner_person_id: Mapped[UUID | None]
    owner_unit_id: Mapped[UUID | None]
    collaborative: Mapped[bool]
    window_start: Mapped[date]
    window_end: Mapped[date]
    controllability: Mapped[str]
    status: Mapped[str]
    calendar_id: Mapped[UUID | None]
    window_event: Mapped[str | None]
    window_event_id: Mapped[UUID | None]
    window_days: Mapped[int | None]
    roll_up: Mapped[str] = mapped_column(default="measured", server_default="measured")
    roll_up_of: Mapped[str] = mapped_column(default="values", server_default="values")
    copied_from_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    credit_divided_at: Mapped[datetime | None]
    missed_on: Mapped[date | None]


class KpiTarget(Row):
    """The target of one part of a KPI, per period or for the whole window. `value_high` is the upper end of `within`.

    Numbers keep the places they were written with.
    """

    __tablename__ = "kpi_targets"
    __table_args__ = (
        UniqueConstraint("organization_id", "kpi_id", "part"),
        references("kpis", "kpi_id", ondelete="CASCADE"),
        CheckConstraint("(comparison = 'within') = (value_high IS NOT NULL)", name="within"),
    )

    kpi_id: Mapped[UUID]
    part: Mapped[str]
    position: Mapped[int]
    comparison: Mapped[str]
    value: Mapped[Decimal]
    value_high: Mapped[Decimal | None]
    unit: Mapped[str]
    period: Mapped[str]
    baseline: Mapped[Decimal | None]
    threshold: Mapped[Decimal | None]
    stretch: Mapped[Decimal | None]
    scale_minimum: Mapped[Decimal | None]
    scale_maximum: Mapped[Decimal | None]
    phasing: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    due_on: Mapped[date | None]
    counted_from: Mapped[str | None]
    due_quarter: Mapped[int | None]
    due_month: Mapped[int | None]
    lateness: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    evidence_required: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class WindowEvent(Versioned, Row):
    """An event with which the windows of many KPIs begin, such as a product's launch; `occurred_on` is null until it has."""

    __tablename__ = "window_events"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    occurred_on: Mapped[date | None]


class Contribution(Row):
    """A weighted link upward. Weights into one parent are relative numbers. A trigger refuses circles (migration 0005)."""

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("organization_id", "child_id", "parent_id"),
        references("kpis", "child_id"),
        references("kpis", "parent_id"),
        CheckConstraint("weight > 0", name="weight"),
        Index("ix_contributions_parent", "organization_id", "parent_id"),
    )

    child_id: Mapped[UUID]
    parent_id: Mapped[UUID]
    weight: Mapped[Decimal]


class KpiStakeholder(Row):
    """Who carries a collaborative KPI together (S1): a person or a whole unit, and their part in words.

    `credit_share` (percent, two places) is there only for a plan that divides a sum; null: they carry the whole result. Who left, with a
    reason, has a row for what they agreed to and recorded, and is a stakeholder no more.
    """

    __tablename__ = "kpi_stakeholders"
    __table_args__ = (
        UniqueConstraint("organization_id", "kpi_id", "person_id", "unit_id", postgresql_nulls_not_distinct=True),
        references("kpis", "kpi_id"),
        references("persons", "person_id"),
        references("org_units", "unit_id"),
        CheckConstraint("num_nonnulls(person_id, unit_id) = 1", name="one"),
        CheckConstraint("credit_share > 0 AND credit_share <= 100", name="credit_share"),
        CheckConstraint("(left_at IS NULL) = (left_reason IS NULL) AND num_nonnulls(left_at, credit_share) < 2", name="left"),
        Index("ix_kpi_stakeholders_unit", "organization_id", "unit_id"),
        Index("ix_kpi_stakeholders_person", "organization_id", "person_id"),
    )

    kpi_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    part: Mapped[str]
    credit_share: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    left_at: Mapped[datetime | None]
    left_reason: Mapped[str | None]
