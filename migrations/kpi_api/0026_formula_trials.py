"""Formulas of a version, tried on sample data before it is approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_tables

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "formula_trials",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("samples", postgresql.JSONB(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("gave_values", sa.Boolean(), nullable=False),
        sa.Column("tried_by", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"],
            ["definition_versions.organization_id", "definition_versions.id"],
            name=op.f("fk_formula_trials_organization_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_formula_trials")),
    )
    op.create_index("ix_formula_trials_version", "formula_trials", ["organization_id", "version_id", "part"])
    for statement in secure_tables(["formula_trials"]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("formula_trials")
