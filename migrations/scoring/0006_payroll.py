"""The tables of payroll."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ["payroll_batches", "payroll_lines"]


def upgrade() -> None:
    op.create_table(
        "payroll_batches",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pay_group", sa.Text(), nullable=False),
        sa.Column("legal_entity", sa.Text(), nullable=True),
        sa.Column("check_date", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("off_cycle", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("table_", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status = 'draft' OR num_nulls(digest, document, table_) = 0", name=op.f("ck_payroll_batches_locked_has_bytes")),
        sa.CheckConstraint("status IN ('draft', 'locked')", name=op.f("ck_payroll_batches_status")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_payroll_batches")),
        sa.UniqueConstraint(
            "organization_id",
            "pay_group",
            "legal_entity",
            "check_date",
            "off_cycle",
            name="uq_payroll_batches_pay_group",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "payroll_lines",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("run_line_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("payroll_number", sa.Text(), nullable=True),
        sa.Column("legal_entity", sa.Text(), nullable=True),
        sa.Column("cost_centre", sa.Text(), nullable=True),
        sa.Column("earning_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("earned_from", sa.Date(), nullable=False),
        sa.Column("earned_to", sa.Date(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("plan_version", sa.BigInteger(), nullable=False),
        sa.Column("corrects_run_line_id", sa.Uuid(), nullable=True),
        sa.Column("carried_over_from", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("paid_amount", sa.Numeric(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'paid') = (paid_amount IS NOT NULL)", name=op.f("ck_payroll_lines_paid_amount")),
        sa.CheckConstraint("status IN ('pending', 'acknowledged', 'paid', 'rejected')", name=op.f("ck_payroll_lines_status")),
        sa.CheckConstraint("scale(amount) <= 4 AND scale(paid_amount) <= 4", name=op.f("ck_payroll_lines_scale")),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["payroll_batches.organization_id", "payroll_batches.id"],
            name=op.f("fk_payroll_lines_organization_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_line_id"],
            ["run_lines.organization_id", "run_lines.id"],
            name=op.f("fk_payroll_lines_organization_id_run_line_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_payroll_lines")),
        sa.UniqueConstraint("organization_id", "batch_id", "position", name=op.f("uq_payroll_lines_organization_id_batch_id_position")),
    )
    op.create_index(
        "uq_payroll_lines_run_line",
        "payroll_lines",
        ["organization_id", "run_line_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'rejected'"),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
