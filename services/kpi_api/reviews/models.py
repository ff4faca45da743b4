"""Reviews, the assessments written for them, and check-ins."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row
from kpi_api.reviews.lifecycle import STAGES, STATUSES, AssessmentSide, Stage, Status

RATING = Numeric(5, 2)


class Review(Row):
    """One stage of review of one scorecard: open, released, acknowledged. `overall_rating` and `released_assessment_id` are set at release.

    It has no version: its entity tag is made of what the reader sees, since a counter would tell the person when their manager writes.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        references("persons", "person_id"),
        references("cycles", "cycle_id"),
        UniqueConstraint("organization_id", "scorecard_id", "stage"),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("(status = 'open') = (released_at IS NULL)", name="released"),
        Index("ix_reviews_cycle", "organization_id", "cycle_id", "stage"),
        Index("ix_reviews_person", "organization_id", "person_id"),
    )

    scorecard_id: Mapped[UUID]
    person_id: Mapped[UUID]
    cycle_id: Mapped[UUID]
    stage: Mapped[Stage] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(Text)
    overall_rating: Mapped[Decimal | None] = mapped_column(RATING)
    released_assessment_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]


class Assessment(Row):
    """What one author wrote for a review: the person about themselves, or a manager. Each manager has their own, so that whoever takes a
    report over neither reads nor overwrites what the one before had not released."""

    __tablename__ = "review_assessments"
    __table_args__ = (
        references("reviews", "review_id"),
        references("persons", "author_id"),
        UniqueConstraint("organization_id", "review_id", "author_id"),
        CheckConstraint("side IN ('self', 'manager')", name="side"),
    )

    review_id: Mapped[UUID]
    side: Mapped[AssessmentSide] = mapped_column(Text)
    author_id: Mapped[UUID]
    text: Mapped[str]
    rating: Mapped[Decimal | None] = mapped_column(RATING)
    written_at: Mapped[datetime]


class CheckIn(Row):
    """What was said about a KPI of a person for a period, by them or by whoever leads them: S2's four questions."""

    __tablename__ = "check_ins"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("persons", "person_id"),
        references("persons", "author_id"),
        Index("ix_check_ins_kpi", "organization_id", "kpi_id"),
        Index("ix_check_ins_person", "organization_id", "person_id"),
    )

    kpi_id: Mapped[UUID]
    person_id: Mapped[UUID]
    author_id: Mapped[UUID]
    period_start: Mapped[date]
    what_moved: Mapped[str]
    why: Mapped[str]
    expected_impact: Mapped[str]
    support_needed: Mapped[str]
    created_at: Mapped[datetime]
