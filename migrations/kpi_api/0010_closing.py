"""The tables of closing."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ["closings"]


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("scorecard_count", sa.BigInteger(), nullable=False),
        sa.Column("followed_number", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_digest", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('regular', 'correction')", name=op.f("ck_closings_kind")),
        sa.CheckConstraint(
            "status IN ('frozen', 'sent', 'computed', 'approved', 'released', 'superseded', 'empty')", name=op.f("ck_closings_status")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "closed_by"], ["persons.organization_id", "persons.id"], name=op.f("fk_closings_organization_id_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "cycle_id"], ["cycles.organization_id", "cycles.id"], name=op.f("fk_closings_organization_id_cycle_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_closings")),
    )
    op.create_index("ix_closings_cycle", "closings", ["organization_id", "cycle_id"], unique=False)
    op.create_index(
        "uq_closings_under_way",
        "closings",
        ["organization_id", "cycle_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('frozen', 'sent', 'computed', 'approved')"),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
