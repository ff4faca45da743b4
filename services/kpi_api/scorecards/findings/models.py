"""Tables of mutings, and of the quality of scorecards by day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class FindingMuting(Row):
    """Findings of a rule that somebody lets stand until a day (included): everywhere, in a cycle, about a unit, on one scorecard, or on one
    KPI of it.

    The rule may be gone meanwhile; its muting is then shown as such.
    """

    __tablename__ = "finding_mutings"
    __table_args__ = (
        references("scorecards", "scorecard_id", ondelete="CASCADE"),
        references("kpis", "kpi_id"),
        references("org_units", "unit_id"),
        references("cycles", "cycle_id"),
        references("persons", "muted_by_id"),
        CheckConstraint("kpi_id IS NULL OR scorecard_id IS NOT NULL", name="line"),
        CheckConstraint("num_nonnulls(scorecard_id, unit_id, cycle_id) <= 1", name="subject"),
        UniqueConstraint(
            "organization_id",
            "code",
            "scorecard_id",
            "kpi_id",
            "unit_id",
            "cycle_id",
            name="uq_finding_mutings_subject",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_finding_mutings_scorecard", "organization_id", "scorecard_id"),
    )

    code: Mapped[str]
    scorecard_id: Mapped[UUID | None]
    kpi_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    cycle_id: Mapped[UUID | None]
    reason: Mapped[str]
    muted_by_id: Mapped[UUID]
    muted_at: Mapped[datetime]
    ends_on: Mapped[date]


class ScorecardQuality(Row):
    """The quality of a scorecard from a day on (`kpi_api.findings.quality`), until another day's row says otherwise."""

    __tablename__ = "scorecard_quality"
    __table_args__ = (
        references("scorecards", "scorecard_id", ondelete="CASCADE"),
        UniqueConstraint("organization_id", "scorecard_id", "day", name="uq_scorecard_quality_day"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points"),
    )

    scorecard_id: Mapped[UUID]
    day: Mapped[date]
    points: Mapped[int]
    errors: Mapped[int]
    warnings: Mapped[int]
    information: Mapped[int]
