"""Runs, their stored snapshot and results, and their lines: one line for each scorecard, in exact money."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, Versioned, references
from scoring.database import Row


class Run(Versioned, Row):
    """A run; its id comes from the caller, so that a repeat is harmless. Dates are inclusive.

    `input_digest` names everything that the result depends on: snapshot, pay bases, plans and engine semantics. `compute_request` is the
    request to compute that is not done yet; None once it is, so that a job that runs twice computes and tells once.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'received', 'computed', 'approved', 'released', 'superseded')", name="status"),
        CheckConstraint("kind IN ('regular', 'correction')", name="kind"),
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint("approver_id <> requester_id", name="approved_by_another"),
    )

    cycle_code: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    kind: Mapped[str]
    status: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    snapshot_digest: Mapped[str | None]
    scorecard_count: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime | None]
    requested_by: Mapped[str | None]
    requester_id: Mapped[UUID | None]
    compute_request: Mapped[UUID | None]
    computed_at: Mapped[datetime | None]
    input_digest: Mapped[str | None]
    engine_version: Mapped[int | None]
    totals: Mapped[dict[str, Any] | None]
    approver_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None]
    superseded_at: Mapped[datetime | None]


class RunApproval(AppendOnly, Row):
    """Somebody's approval of what a run was computed from (`input_digest`); computed anew from something else, it counts no more."""

    __tablename__ = "run_approvals"
    __table_args__ = (
        references("runs", "run_id"),
        UniqueConstraint("organization_id", "run_id", "approver_id", "input_digest"),
    )

    run_id: Mapped[UUID]
    approver_id: Mapped[UUID]
    input_digest: Mapped[str]
    approved_at: Mapped[datetime]


class SnapshotChunk(Row):
    """A slice of a run's snapshot in canonical order: an Arrow IPC stream of scorecards (see `snapshot.SCORECARDS`)."""

    __tablename__ = "snapshot_chunks"
    __table_args__ = (references("runs", "run_id"), UniqueConstraint("organization_id", "run_id", "number"))

    run_id: Mapped[UUID]
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RunResult(Row):
    """What the engine was given and what it answered for one slice and one plan version: four Arrow IPC streams. Explanations read it."""

    __tablename__ = "run_results"
    __table_args__ = (
        references("runs", "run_id"),
        references("plan_versions", "plan_version_id"),
        UniqueConstraint("organization_id", "run_id", "number", "plan_version_id"),
    )

    run_id: Mapped[UUID]
    number: Mapped[int]
    plan_version_id: Mapped[UUID]
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    people: Mapped[bytes] = mapped_column(LargeBinary)
    line_results: Mapped[bytes] = mapped_column(LargeBinary)
    person_results: Mapped[bytes] = mapped_column(LargeBinary)


class RunLine(Row):
    """The payout line of one scorecard. `payout` is what the plan yields, `released_before` what earlier runs released for the same
    scorecard, `amount` the difference, which is what this run pays. Without an amount, `error_code` or `reason_code` says why.

    `corrects_line_id` is the latest released line of the same scorecard.
    """

    __tablename__ = "run_lines"
    __table_args__ = (
        references("runs", "run_id"),
        references("plan_versions", "plan_version_id"),
        UniqueConstraint("organization_id", "run_id", "scorecard_id"),
        Index("ix_run_lines_person", "organization_id", "person_id"),
        Index("ix_run_lines_scorecard", "organization_id", "scorecard_id"),
        CheckConstraint("scale(payout) <= 4 AND scale(released_before) <= 4 AND scale(amount) <= 4", name="scale"),
        CheckConstraint("amount = payout - released_before", name="difference"),
        CheckConstraint("amount IS NOT NULL OR error_code IS NOT NULL OR reason_code IS NOT NULL", name="nothing_without_reason"),
        CheckConstraint("payout <> 0 OR reason_code IS NOT NULL", name="zero_without_reason"),
        CheckConstraint("amount IS NULL OR currency IS NOT NULL", name="currency"),
    )

    run_id: Mapped[UUID]
    scorecard_id: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[int]
    plan_version_id: Mapped[UUID | None]
    period_start: Mapped[date]
    period_end: Mapped[date]
    composite: Mapped[Decimal | None]
    payout: Mapped[Decimal | None]
    released_before: Mapped[Decimal]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    reason_code: Mapped[str | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    corrects_line_id: Mapped[UUID | None]
    legal_entity: Mapped[str | None]
    pay_group: Mapped[str | None]
    payroll_number: Mapped[str | None]
    cost_centre: Mapped[str | None]
