"""Assignments that copy scorecards of an earlier cycle instead of giving a template, and previews of either."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SOURCE = "(template_id IS NULL) = (template_number IS NULL) AND (template_id IS NULL) <> (from_cycle_id IS NULL)"
COPIES = "SELECT id FROM template_assignments WHERE template_id IS NULL"


def upgrade() -> None:
    op.alter_column("template_assignments", "template_id", nullable=True)
    op.alter_column("template_assignments", "template_number", nullable=True)
    op.add_column("template_assignments", sa.Column("from_cycle_id", sa.Uuid(), nullable=True))
    op.add_column("template_assignments", sa.Column("target_change_percent", sa.Numeric(), nullable=False, server_default="0"))
    op.add_column("template_assignments", sa.Column("preview", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("template_assignment_results", sa.Column("left_out", JSONB(), nullable=False, server_default="[]"))
    keys = ["organization_id", "from_cycle_id"], ["organization_id", "id"]
    op.create_foreign_key(op.f("fk_template_assignments_organization_id_from_cycle_id"), "template_assignments", "cycles", *keys)
    op.create_check_constraint(op.f("ck_template_assignments_source"), "template_assignments", SOURCE)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_template_assignments_source"), "template_assignments")
    op.drop_constraint(op.f("fk_template_assignments_organization_id_from_cycle_id"), "template_assignments")
    op.drop_column("template_assignment_results", "left_out")
    for column in ("preview", "target_change_percent", "from_cycle_id"):
        op.drop_column("template_assignments", column)
    op.execute(f"DELETE FROM template_assignment_results WHERE assignment_id IN ({COPIES})")  # noqa: S608  # text of ours
    op.execute("DELETE FROM template_assignments WHERE template_id IS NULL")
    op.alter_column("template_assignments", "template_number", nullable=False)
    op.alter_column("template_assignments", "template_id", nullable=False)
