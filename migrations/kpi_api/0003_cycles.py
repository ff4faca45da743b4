"""The tables of cycles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ["cycles", "calendars"]


def upgrade() -> None:
    op.create_table(
        "cycles",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("mid_year_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'open', 'closing', 'closed')", name=op.f("ck_cycles_status")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cycles_dates_in_order")),
        sa.CheckConstraint("mid_year_on BETWEEN starts_on AND ends_on", name=op.f("ck_cycles_mid_year_inside")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_cycles_organization_id_code")),
    )
    op.create_table(
        "calendars",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_entity_id", sa.Uuid(), nullable=True),
        sa.Column("fiscal_year_start_month", sa.BigInteger(), nullable=False),
        sa.Column("working_weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("holidays", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fiscal_year_start_month BETWEEN 1 AND 12", name=op.f("ck_calendars_month")),
        sa.ForeignKeyConstraint(
            ["organization_id", "legal_entity_id"],
            ["legal_entities.organization_id", "legal_entities.id"],
            name=op.f("fk_calendars_organization_id_legal_entity_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_calendars")),
    )
    op.create_index(
        "uq_calendars_entity", "calendars", ["organization_id", "legal_entity_id"], unique=True, postgresql_nulls_not_distinct=True
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
