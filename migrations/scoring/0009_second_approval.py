"""A second approver of a run above a limit that the organization sets."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import append_only, secure_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organization_profiles", sa.Column("second_approval_above", sa.Numeric(), nullable=True))
    op.create_table(
        "run_approvals",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=False),
        sa.Column("input_digest", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"], ["runs.organization_id", "runs.id"], name=op.f("fk_run_approvals_organization_id_run_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_run_approvals")),
        sa.UniqueConstraint(
            "organization_id",
            "run_id",
            "approver_id",
            "input_digest",
            name=op.f("uq_run_approvals_organization_id_run_id_approver_id_input_digest"),
        ),
    )
    for statement in [*secure_table("run_approvals"), *append_only("run_approvals")]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("run_approvals")
    op.drop_column("organization_profiles", "second_approval_above")
