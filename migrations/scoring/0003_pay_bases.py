"""The tables of pay bases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ["pay_bases"]


def upgrade() -> None:
    op.create_table(
        "pay_bases",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("salary", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("target_bonus_share", sa.Numeric(), nullable=True),
        sa.Column("target_bonus_amount", sa.Numeric(), nullable=True),
        sa.Column("fte", sa.Numeric(), nullable=True),
        sa.Column("legal_entity", sa.Text(), nullable=True),
        sa.Column("pay_group", sa.Text(), nullable=False),
        sa.Column("payroll_number", sa.Text(), nullable=True),
        sa.Column("cost_centre", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("person_id"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="pay_bases_no_overlap",
        ),
        sa.CheckConstraint("salary >= 0 AND scale(salary) <= 4", name=op.f("ck_pay_bases_salary")),
        sa.CheckConstraint("target_bonus_amount >= 0 AND scale(target_bonus_amount) <= 4", name=op.f("ck_pay_bases_target_bonus_amount")),
        sa.CheckConstraint("target_bonus_share >= 0 AND scale(target_bonus_share) <= 12", name=op.f("ck_pay_bases_target_bonus_share")),
        sa.CheckConstraint(
            "target_bonus_share IS NULL OR (target_bonus_amount IS NULL AND salary IS NOT NULL)", name=op.f("ck_pay_bases_one_target_bonus")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_pay_bases_end_after_start")),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["people.organization_id", "people.id"], name=op.f("fk_pay_bases_organization_id_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_pay_bases")),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
