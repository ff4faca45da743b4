"""The tables of runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ["runs", "snapshot_chunks", "run_lines", "run_results"]


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_code", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot_digest", sa.Text(), nullable=True),
        sa.Column("scorecard_count", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("requester_id", sa.Uuid(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("input_digest", sa.Text(), nullable=True),
        sa.Column("engine_version", sa.BigInteger(), nullable=True),
        sa.Column("totals", postgresql.JSONB(), nullable=True),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('regular', 'correction')", name=op.f("ck_runs_kind")),
        sa.CheckConstraint("status IN ('open', 'received', 'computed', 'approved', 'released', 'superseded')", name=op.f("ck_runs_status")),
        sa.CheckConstraint("approver_id <> requester_id", name=op.f("ck_runs_approved_by_another")),
        sa.CheckConstraint("period_end >= period_start", name=op.f("ck_runs_period")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_runs")),
    )
    op.create_table(
        "snapshot_chunks",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"], ["runs.organization_id", "runs.id"], name=op.f("fk_snapshot_chunks_organization_id_run_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_snapshot_chunks")),
        sa.UniqueConstraint("organization_id", "run_id", "number", name=op.f("uq_snapshot_chunks_organization_id_run_id_number")),
    )
    op.create_table(
        "run_lines",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("composite", sa.Numeric(), nullable=True),
        sa.Column("payout", sa.Numeric(), nullable=True),
        sa.Column("released_before", sa.Numeric(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("corrects_line_id", sa.Uuid(), nullable=True),
        sa.Column("legal_entity", sa.Text(), nullable=True),
        sa.Column("pay_group", sa.Text(), nullable=True),
        sa.Column("payroll_number", sa.Text(), nullable=True),
        sa.Column("cost_centre", sa.Text(), nullable=True),
        sa.CheckConstraint("amount = payout - released_before", name=op.f("ck_run_lines_difference")),
        sa.CheckConstraint(
            "amount IS NOT NULL OR error_code IS NOT NULL OR reason_code IS NOT NULL", name=op.f("ck_run_lines_nothing_without_reason")
        ),
        sa.CheckConstraint("amount IS NULL OR currency IS NOT NULL", name=op.f("ck_run_lines_currency")),
        sa.CheckConstraint("payout <> 0 OR reason_code IS NOT NULL", name=op.f("ck_run_lines_zero_without_reason")),
        sa.CheckConstraint("scale(payout) <= 4 AND scale(released_before) <= 4 AND scale(amount) <= 4", name=op.f("ck_run_lines_scale")),
        sa.ForeignKeyConstraint(
            ["organization_id", "plan_version_id"],
            ["plan_versions.organization_id", "plan_versions.id"],
            name=op.f("fk_run_lines_organization_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"], ["runs.organization_id", "runs.id"], name=op.f("fk_run_lines_organization_id_run_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_run_lines")),
        sa.UniqueConstraint("organization_id", "run_id", "scorecard_id", name=op.f("uq_run_lines_organization_id_run_id_scorecard_id")),
    )
    op.create_index("ix_run_lines_person", "run_lines", ["organization_id", "person_id"], unique=False)
    op.create_index("ix_run_lines_scorecard", "run_lines", ["organization_id", "scorecard_id"], unique=False)
    op.create_table(
        "run_results",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.Column("line_results", sa.LargeBinary(), nullable=False),
        sa.Column("person_results", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "plan_version_id"],
            ["plan_versions.organization_id", "plan_versions.id"],
            name=op.f("fk_run_results_organization_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"], ["runs.organization_id", "runs.id"], name=op.f("fk_run_results_organization_id_run_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_run_results")),
        sa.UniqueConstraint(
            "organization_id",
            "run_id",
            "number",
            "plan_version_id",
            name=op.f("uq_run_results_organization_id_run_id_number_plan_version_id"),
        ),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
