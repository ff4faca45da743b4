"""The last computed score of each scorecard, and the triggers that mark it stale."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row, run_after_create, run_after_drop
from kpi_api.measurements.models import Measurement
from kpi_api.scorecards.models import ScorecardHistory, ScorecardLine


class Score(Row):
    """The score of the scorecard with the same id. `stale_since`: when inputs first changed after they were last scored; null is fresh.

    `inputs_version` counts the changes of the inputs and `computed_version` tells which of them `result`, scoring's answer or its error,
    has seen, so that a computation that began before a change neither hides the change nor overwrites a later computation.
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


# In the database, because whoever writes an input must mark the score in the same transaction, and those domains stand below this one.
# Rows are taken in the order of their ids, so that two writers wait for each other instead of deadlocking.
MARK_BY_MEASUREMENTS = """
CREATE FUNCTION mark_scores_stale_by_measurements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO scores (organization_id, id, inputs_version, stale_since)
  SELECT s.organization_id, s.id, 1, min(m.recorded_at)
  FROM added m
  JOIN scorecard_lines l ON l.organization_id = m.organization_id AND l.kpi_id = m.kpi_id
  JOIN scorecards s ON s.organization_id = l.organization_id AND s.id = l.scorecard_id AND s.status IN ('active', 'closed')
  GROUP BY s.organization_id, s.id ORDER BY s.organization_id, s.id
  ON CONFLICT (organization_id, id) DO UPDATE
    SET inputs_version = scores.inputs_version + 1, stale_since = coalesce(scores.stale_since, excluded.stale_since);
  RETURN NULL;
END $$
"""
MARK_BY_SCORECARDS = """
CREATE FUNCTION mark_scores_stale_by_scorecards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO scores (organization_id, id, inputs_version, stale_since)
  SELECT s.organization_id, s.id, 1, h.happened_at
  FROM added h JOIN scorecards s ON s.organization_id = h.organization_id AND s.id = h.scorecard_id
  WHERE h.to_status = 'active' ORDER BY s.organization_id, s.id
  ON CONFLICT (organization_id, id) DO UPDATE
    SET inputs_version = scores.inputs_version + 1, stale_since = coalesce(scores.stale_since, excluded.stale_since);
  RETURN NULL;
END $$
"""
TRIGGER = "CREATE TRIGGER mark_scores_stale AFTER INSERT ON {} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {}()"

for row in (Measurement, ScorecardLine, ScorecardHistory):
    cast("Table", Score.__table__).add_is_dependent_on(cast("Table", row.__table__))
run_after_create(
    Score,
    MARK_BY_MEASUREMENTS,
    MARK_BY_SCORECARDS,
    TRIGGER.format("measurements", "mark_scores_stale_by_measurements"),
    TRIGGER.format("scorecard_history", "mark_scores_stale_by_scorecards"),
)
run_after_drop(
    Score,
    "DROP FUNCTION IF EXISTS mark_scores_stale_by_measurements() CASCADE",
    "DROP FUNCTION IF EXISTS mark_scores_stale_by_scorecards() CASCADE",
)
