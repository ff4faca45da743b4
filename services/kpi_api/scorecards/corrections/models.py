"""Corrections, and what becomes of each scorecard that one is about."""

from datetime import date, datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row
from kpi_api.scorecards.lifecycle import Side

CorrectionStatus = Literal["preparing", "open", "done", "withdrawn"]
ResultStatus = Literal["pending", "objected", "applied", "unchanged", "refused", "withdrawn"]
CORRECTION_STATUSES: Final[tuple[CorrectionStatus, ...]] = get_args(CorrectionStatus)
RESULT_STATUSES: Final[tuple[ResultStatus, ...]] = get_args(ResultStatus)


class ScorecardCorrection(Row):
    """What is corrected on which scorecards of a cycle, why, and until which day (inclusive) a side may object.

    Preparing until every scorecard is noted, up to the id `noted_until_id` so far; then open until that day is over; then done.
    """

    __tablename__ = "scorecard_corrections"
    __table_args__ = (
        references("cycles", "cycle_id"),
        references("scorecard_templates", "template_id"),
        references("org_units", "unit_id"),
        references("persons", "ordered_by_id"),
        CheckConstraint(f"status IN {CORRECTION_STATUSES}", name="status"),
    )

    cycle_id: Mapped[UUID]
    template_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    lines: Mapped[list[Any]]
    reason: Mapped[str]
    objections_until: Mapped[date]
    status: Mapped[CorrectionStatus] = mapped_column(Text)
    noted_until_id: Mapped[UUID | None]
    ordered_by_id: Mapped[UUID]
    ordered_at: Mapped[datetime]


class CorrectionResult(Row):
    """A scorecard of a correction: what it changes there in words, and what became of it. One runs on a scorecard at a time."""

    __tablename__ = "scorecard_correction_results"
    __table_args__ = (
        references("scorecard_corrections", "correction_id"),
        references("scorecards", "scorecard_id"),
        references("persons", "objected_by_id"),
        CheckConstraint(f"status IN {RESULT_STATUSES}", name="status"),
        CheckConstraint("(status = 'refused') = (refused_code IS NOT NULL)", name="refused"),
        CheckConstraint("(status = 'objected') = (objected_by_id IS NOT NULL)", name="objected"),
        UniqueConstraint("organization_id", "correction_id", "scorecard_id"),
        Index(
            "uq_scorecard_correction_results_pending", "organization_id", "scorecard_id", unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_scorecard_correction_results_scorecard", "organization_id", "scorecard_id"),
    )  # fmt: skip

    correction_id: Mapped[UUID]
    scorecard_id: Mapped[UUID]
    status: Mapped[ResultStatus] = mapped_column(Text)
    changes: Mapped[list[str]]
    refused_code: Mapped[str | None]
    refused_message: Mapped[str | None]
    objected_by_id: Mapped[UUID | None]
    objected_side: Mapped[Side | None] = mapped_column(Text)
    objection: Mapped[str | None]
    decided_at: Mapped[datetime | None]
