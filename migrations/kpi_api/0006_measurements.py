"""The tables of measurements."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import append_only, secure_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ["measurements"]
APPEND_ONLY: list[str] = ["measurements"]


def upgrade() -> None:
    op.create_table(
        "measurements",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=True),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_record_id", sa.Text(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("after_closing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(value IS NULL) = (numerator IS NOT NULL AND denominator IS NOT NULL)", name=op.f("ck_measurements_value")),
        sa.CheckConstraint("period_end >= period_start", name=op.f("ck_measurements_period")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_measurements_organization_id_kpi_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", "period_start", name=op.f("pk_measurements")),
        sa.UniqueConstraint("organization_id", "kpi_id", "part", "period_start", "revision", name="uq_measurements_revision"),
        postgresql_partition_by="RANGE (period_start)",
    )
    for year in range(2020, 2040):
        bounds = f"FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
        op.execute(f"CREATE TABLE measurements_p{year} PARTITION OF measurements FOR VALUES {bounds}")
    op.execute("CREATE TABLE measurements_pother PARTITION OF measurements DEFAULT")
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
