"""Leaves of people, as dated facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("person_id"), "="),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            using="gist",
            name="ex_leaves_overlap",
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_leaves_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_leaves_organization_id_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_person", "leaves", ["organization_id", "person_id", "first_day"])
    for statement in secure_table("leaves"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("leaves")
