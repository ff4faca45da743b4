"""Erasure of people, and a payroll digest that holds after it: who is paid goes into it by a salted digest of the line."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ERASED = "erased_at IS NULL OR (NOT active AND external_id = 'erased:' || id AND display_name = 'erased')"


def upgrade() -> None:
    op.add_column("people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_people_erased"), "people", ERASED)
    # Lines that are there get a salt each: the default is computed row by row.
    op.add_column("payroll_lines", sa.Column("payee_salt", sa.Text(), nullable=False, server_default=sa.text("gen_random_uuid()::text")))
    op.alter_column("payroll_lines", "payee_salt", server_default=None)


def downgrade() -> None:
    op.drop_column("payroll_lines", "payee_salt")
    op.drop_column("people", "erased_at")
