"""Which KPI leads to which, and after how many days it shows there."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_leads",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leading_id", sa.Uuid(), nullable=False),
        sa.Column("lagging_id", sa.Uuid(), nullable=False),
        sa.Column("lag_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("leading_id <> lagging_id", name=op.f("ck_kpi_leads_another")),
        sa.CheckConstraint("lag_days >= 0", name=op.f("ck_kpi_leads_lag")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                ["kpis.organization_id", "kpis.id"],
                name=op.f(f"fk_kpi_leads_organization_id_{column}"),
            )
            for column in ("leading_id", "lagging_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_leads")),
        sa.UniqueConstraint("organization_id", "leading_id", "lagging_id", name=op.f("uq_kpi_leads_organization_id_leading_id_lagging_id")),
    )
    op.create_index("ix_kpi_leads_lagging", "kpi_leads", ["organization_id", "lagging_id"])
    for statement in secure_table("kpi_leads"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("kpi_leads")
