"""A score becomes stale by steps that change what it is computed from, and not by asking for another text or declining one."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# Named are the steps that leave the text in force and its days alone: one that is new here makes stale until somebody says otherwise.
STALE_BY_SCORECARDS = """
CREATE OR REPLACE FUNCTION mark_scores_stale_by_scorecards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO scores (organization_id, id, inputs_version, stale_since)
  SELECT s.organization_id, s.id, 1, min(h.happened_at)
  FROM added h JOIN scorecards s ON s.organization_id = h.organization_id AND s.id = h.scorecard_id
  WHERE h.to_status = 'active'{unless} GROUP BY s.organization_id, s.id ORDER BY s.organization_id, s.id
  ON CONFLICT (organization_id, id) DO UPDATE
    SET inputs_version = scores.inputs_version + 1, stale_since = coalesce(scores.stale_since, excluded.stale_since);
  RETURN NULL;
END $$
"""
ASKING = (
    "request_change", "ask_change", "ask_change_anew", "sign_change", "reject_change", "withdraw_change", "lapse_change",
    "object_to_correction",
)  # fmt: skip


def upgrade() -> None:
    op.execute(STALE_BY_SCORECARDS.format(unless=f" AND h.verb NOT IN {ASKING}"))


def downgrade() -> None:
    op.execute(STALE_BY_SCORECARDS.format(unless=""))
