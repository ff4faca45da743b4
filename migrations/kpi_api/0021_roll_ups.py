"""How a KPI comes about: measured on its own, or rolled up from the KPIs below it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kpis", sa.Column("roll_up", sa.Text(), nullable=False, server_default="measured"))
    op.add_column("kpis", sa.Column("roll_up_of", sa.Text(), nullable=False, server_default="values"))
    op.create_check_constraint(op.f("ck_kpis_roll_up"), "kpis", "roll_up IN ('measured', 'sum', 'mean', 'weighted_mean')")
    op.create_check_constraint(op.f("ck_kpis_roll_up_of"), "kpis", "roll_up_of IN ('values', 'attainments')")
    # Those that are rolled up are few, and everything that rolls up begins with them.
    op.create_index("ix_kpis_rolled_up", "kpis", ["organization_id", "id"], postgresql_where=sa.text("roll_up <> 'measured'"))


def downgrade() -> None:
    op.drop_index("ix_kpis_rolled_up", "kpis")
    op.drop_column("kpis", "roll_up_of")
    op.drop_column("kpis", "roll_up")
