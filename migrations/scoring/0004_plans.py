"""The tables of plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ["plans", "plan_versions", "plan_assignments", "plan_assignment_members"]


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("earning_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_plans")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_plans_organization_id_code")),
    )
    op.create_table(
        "plan_versions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'approved')", name=op.f("ck_plan_versions_status")),
        sa.CheckConstraint("approver_id <> author_id", name=op.f("ck_plan_versions_approved_by_another")),
        sa.ForeignKeyConstraint(
            ["organization_id", "plan_id"], ["plans.organization_id", "plans.id"], name=op.f("fk_plan_versions_organization_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("organization_id", "plan_id", "number", name=op.f("uq_plan_versions_organization_id_plan_id_number")),
    )
    op.create_table(
        "plan_assignments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "plan_version_id"],
            ["plan_versions.organization_id", "plan_versions.id"],
            name=op.f("fk_plan_assignments_organization_id_plan_version_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_plan_assignments")),
    )
    op.create_index("ix_plan_assignments_version", "plan_assignments", ["organization_id", "plan_version_id"], unique=False)
    op.create_table(
        "plan_assignment_members",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("member"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="plan_assignment_members_no_overlap",
        ),
        sa.CheckConstraint(
            "member = 'everyone' OR member LIKE 'legal_entity:_%' OR member LIKE 'person:_%'",
            name=op.f("ck_plan_assignment_members_member"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "assignment_id"],
            ["plan_assignments.organization_id", "plan_assignments.id"],
            name=op.f("fk_plan_assignment_members_organization_id_assignment_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_plan_assignment_members")),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
