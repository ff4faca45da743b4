"""The last computed score of each scorecard."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row


class Score(Row):
    """A scorecard's score. `stale_since` is when its inputs first changed after the last computation; null means fresh.

    `inputs_version` counts the changes of its inputs, so that a computation that began before a change cannot mark it fresh.
    `result` is scoring's answer, or its error; null until the first computation.
    """

    __tablename__ = "scores"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        UniqueConstraint("organization_id", "scorecard_id"),
        Index("ix_scores_stale", "organization_id", "stale_since", postgresql_where=text("stale_since IS NOT NULL")),
    )

    scorecard_id: Mapped[UUID]
    inputs_version: Mapped[int]
    stale_since: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    composite: Mapped[Decimal | None]
    computed_at: Mapped[datetime | None]
    engine_version: Mapped[int | None]
    plan_digest: Mapped[str | None]
