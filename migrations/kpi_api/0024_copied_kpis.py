"""From which KPI of an earlier cycle a KPI was copied."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kpis", sa.Column("copied_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_kpis_organization_id_copied_from_id"),
        "kpis",
        "kpis",
        ["organization_id", "copied_from_id"],
        ["organization_id", "id"],
    )
    # A KPI is copied into a cycle once, also by two who copy at the same moment.
    op.create_index(
        "uq_kpis_copied_from",
        "kpis",
        ["organization_id", "cycle_id", "copied_from_id"],
        unique=True,
        postgresql_where=sa.text("copied_from_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("kpis", "copied_from_id")
