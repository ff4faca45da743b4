"""The tables of scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ["scores"]

# Rows are taken in the order of their ids, so that two writers wait for each other instead of deadlocking.
EXTRAS = [
    """
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
    """,
    """
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
    """,
    """
CREATE TRIGGER mark_scores_stale AFTER INSERT ON measurements REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mark_scores_stale_by_measurements()
    """,
    """
CREATE TRIGGER mark_scores_stale AFTER INSERT ON scorecard_history REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mark_scores_stale_by_scorecards()
    """,
]


def upgrade() -> None:
    op.create_table(
        "scores",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inputs_version", sa.BigInteger(), nullable=False),
        sa.Column("stale_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_version", sa.BigInteger(), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("composite", sa.Numeric(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("engine_version", sa.BigInteger(), nullable=True),
        sa.Column("plan_digest", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "id"], ["scorecards.organization_id", "scorecards.id"], name=op.f("fk_scores_organization_id_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scores")),
    )
    op.create_index(
        "ix_scores_stale", "scores", ["organization_id", "id"], unique=False, postgresql_where=sa.text("stale_since IS NOT NULL")
    )
    for statement in EXTRAS:
        op.execute(statement)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION mark_scores_stale_by_measurements() CASCADE")
    op.execute("DROP FUNCTION mark_scores_stale_by_scorecards() CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
