"""A request for another text may take the rules for leave and part-time that hold today."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scorecard_changes", sa.Column("takes_time_rules", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("scorecard_changes", "takes_time_rules")
