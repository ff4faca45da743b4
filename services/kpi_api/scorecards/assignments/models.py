"""Assignments of templates, and what became of each person."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from kpi_api.database import Row

AssignmentStatus = Literal["running", "finished", "undoing", "undone"]
ResultStatus = Literal["waiting", "opened", "skipped", "refused", "removed", "kept"]

ASSIGNMENT_STATUSES: Final[tuple[AssignmentStatus, ...]] = get_args(AssignmentStatus)
RESULT_STATUSES: Final[tuple[ResultStatus, ...]] = get_args(ResultStatus)


class TemplateAssignment(Versioned, Row):
    """A version of a template given to many people for a cycle, or their scorecards of an earlier one, `from_cycle_id`, copied into it.

    `contributes_to` are the parents of everybody's KPIs; `target_change_percent` is how much more is wanted of copied KPIs. Each batch
    works in the name of `requester_id`, as far as they may at that moment. A `preview` comes to the same results and writes nothing else.
    """

    __tablename__ = "template_assignments"
    __table_args__ = (
        references("scorecard_templates", "template_id"),
        references("cycles", "cycle_id"),
        references("cycles", "from_cycle_id"),
        references("persons", "requester_id"),
        CheckConstraint(f"status IN {ASSIGNMENT_STATUSES}", name="status"),
        CheckConstraint(
            "(template_id IS NULL) = (template_number IS NULL) AND (template_id IS NULL) <> (from_cycle_id IS NULL)", name="source"
        ),
        Index("ix_template_assignments_template", "organization_id", "template_id"),
    )

    template_id: Mapped[UUID | None]
    template_number: Mapped[int | None]
    from_cycle_id: Mapped[UUID | None]
    target_change_percent: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    preview: Mapped[bool] = mapped_column(default=False, server_default=false())
    cycle_id: Mapped[UUID]
    requester_id: Mapped[UUID]
    contributes_to: Mapped[list[Any]]
    status: Mapped[AssignmentStatus] = mapped_column(Text)
    people: Mapped[int]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class TemplateAssignmentResult(Row):
    """What became of one person. `code` and `message` say why somebody was skipped or refused, or a draft kept by an undo.

    `scorecard_id` is no reference: a draft that an undo removed is remembered by it. `kpi_ids` are the KPIs created for it,
    `left_out` those of the copied scorecard that it has not: `kpi_id`, `name`, `code`, `message`.
    """

    __tablename__ = "template_assignment_results"
    __table_args__ = (
        references("template_assignments", "assignment_id"),
        references("persons", "person_id"),
        CheckConstraint(f"status IN {RESULT_STATUSES}", name="status"),
        UniqueConstraint("organization_id", "assignment_id", "position"),
        UniqueConstraint("organization_id", "assignment_id", "person_id"),
        Index(
            "ix_template_assignment_results_waiting",
            "organization_id",
            "assignment_id",
            "position",
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    assignment_id: Mapped[UUID]
    position: Mapped[int]
    person_id: Mapped[UUID]
    window_start: Mapped[date | None]
    window_end: Mapped[date | None]
    status: Mapped[ResultStatus] = mapped_column(Text)
    code: Mapped[str | None]
    message: Mapped[str | None]
    scorecard_id: Mapped[UUID | None]
    kpi_ids: Mapped[list[str]]
    left_out: Mapped[list[Any]] = mapped_column(server_default="[]")
