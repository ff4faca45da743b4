"""The last computed score of each scorecard, and the triggers that mark it stale."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row


class Score(Row):
    """The score of the scorecard with the same id. `stale_since`: when inputs first changed after they were last scored; null is fresh.

    `inputs_version` counts the changes of the inputs and `computed_version` tells which of them `result`, scoring's answer or its error,
    has seen, so that a computation that began before a change neither hides the change nor overwrites a later computation.

    Triggers on measurements and scorecard_history (migration 0008) mark scores stale in the transaction of whoever writes an input, since
    those domains stand below this one.
    """

    __tablename__ = "scores"
    __table_args__ = (
        references("scorecards", "id"),
        Index("ix_scores_stale", "organization_id", "id", postgresql_where=text("stale_since IS NOT NULL")),
    )

    inputs_version: Mapped[int]
    stale_since: Mapped[datetime | None]
    computed_version: Mapped[int | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    composite: Mapped[Decimal | None]
    computed_at: Mapped[datetime | None]
    engine_version: Mapped[int | None]
    plan_digest: Mapped[str | None]
