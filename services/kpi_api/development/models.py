"""Tables of development goals: the goal, its steps, and what shows that something was learned."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from kpi_api.database import Row
from kpi_api.development.lifecycle import Aim, MeasuredBy, Side, Status


class DevelopmentGoal(Versioned, Row):
    """A skill to build, for the present role or the next. The side that wrote the present text stands for it; the other agrees.

    `kpi_id` is the development KPI that measures it, `measured_by` where that KPI's value comes from: the steps done, or records as of
    any KPI.
    """

    __tablename__ = "development_goals"
    __table_args__ = (
        references("persons", "person_id"),
        references("persons", "written_by_id"),
        references("persons", "agreed_by_id"),
        references("persons", "closed_by_id"),
        references("kpis", "kpi_id"),
        CheckConstraint("aim IN ('current_role', 'next_role')", name="aim"),
        CheckConstraint("status IN ('proposed', 'agreed', 'reached', 'not_reached', 'dropped')", name="status"),
        CheckConstraint("written_by_side IN ('person', 'manager')", name="side"),
        CheckConstraint("measured_by IN ('steps', 'records') AND (kpi_id IS NULL) = (measured_by IS NULL)", name="measured_by"),
        CheckConstraint("(status IN ('reached', 'not_reached', 'dropped')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("status NOT IN ('agreed', 'reached', 'not_reached') OR agreed_at IS NOT NULL", name="agreed"),
        Index("ix_development_goals_person", "organization_id", "person_id"),
        Index(
            "uq_development_goals_kpi", "organization_id", "kpi_id", unique=True,
            postgresql_where=text("status IN ('proposed', 'agreed')"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID]
    skill: Mapped[str]
    aim: Mapped[Aim] = mapped_column(Text)
    why: Mapped[str]
    due_on: Mapped[date]
    kpi_id: Mapped[UUID | None]
    measured_by: Mapped[MeasuredBy | None] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(Text)
    written_by_side: Mapped[Side] = mapped_column(Text)
    written_by_id: Mapped[UUID]
    written_at: Mapped[datetime]
    agreed_by_id: Mapped[UUID | None]
    agreed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closing_reason: Mapped[str | None]


class DevelopmentStep(Row):
    """One step towards a goal, in its place; `done_on` is null until it is done."""

    __tablename__ = "development_steps"
    __table_args__ = (
        references("development_goals", "goal_id"),
        Index("ix_development_steps_goal", "organization_id", "goal_id"),
    )

    goal_id: Mapped[UUID]
    position: Mapped[int]
    text: Mapped[str]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]


class DevelopmentEvidence(Row):
    """What shows what was learned: words, a link, or both. It stays once it is given."""

    __tablename__ = "development_evidence"
    __table_args__ = (
        references("development_goals", "goal_id"),
        references("persons", "author_id"),
        CheckConstraint("num_nonnulls(text, link) > 0", name="shown"),
        Index("ix_development_evidence_goal", "organization_id", "goal_id"),
    )

    goal_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str | None]
    link: Mapped[str | None]
    given_at: Mapped[datetime]
