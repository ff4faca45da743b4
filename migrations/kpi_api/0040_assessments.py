"""The formal assessment at the end of a cycle: by when its annual reviews are to be released."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycles", sa.Column("year_end_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_cycles_year_end_after_middle"), "cycles", "year_end_on > mid_year_on")


def downgrade() -> None:
    op.drop_column("cycles", "year_end_on")
