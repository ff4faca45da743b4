"""Comments on a scorecard."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row
from kpi_api.scorecards.lifecycle import Side


class ThreadComment(Row):
    """What somebody said about a scorecard, or one KPI on it. A reply stands under the comment that began its thread.

    `side` is as what its author spoke. What was removed keeps its place without its text, so that the replies stay readable.
    """

    __tablename__ = "scorecard_thread_comments"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        references("kpis", "kpi_id"),
        references("scorecard_thread_comments", "reply_to_id"),
        references("persons", "author_id"),
        CheckConstraint("removed_at IS NOT NULL OR text IS NOT NULL", name="removed"),
        Index("ix_scorecard_thread_comments_scorecard", "organization_id", "scorecard_id"),
    )

    scorecard_id: Mapped[UUID]
    kpi_id: Mapped[UUID | None]
    reply_to_id: Mapped[UUID | None]
    author_id: Mapped[UUID]
    side: Mapped[Side] = mapped_column(Text)
    text: Mapped[str | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
