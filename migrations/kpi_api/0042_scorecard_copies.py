"""Assignments that copy scorecards of an earlier cycle instead of giving a template, and previews of either."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SOURCE = "(template_id IS NULL) = (template_number IS NULL) AND (template_id IS NULL) <> (from_cycle_id IS NULL)"
# The tables of before know no assignment without a template.
FORGET_COPIES = (
    """
DELETE FROM template_assignment_results r USING template_assignments a
WHERE a.organization_id = r.organization_id AND a.id = r.assignment_id AND a.template_id IS NULL
""",
    "DELETE FROM template_assignments WHERE template_id IS NULL",
)


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
    _forget_copies()
    op.alter_column("template_assignments", "template_number", nullable=False)
    op.alter_column("template_assignments", "template_id", nullable=False)


def _forget_copies() -> None:
    """Row-level security is forced for the owner too."""
    tables = ("template_assignments", "template_assignment_results")
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in FORGET_COPIES:
        op.execute(statement)
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
