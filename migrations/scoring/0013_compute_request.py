"""A run remembers the request to compute that is not done yet."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("compute_request", sa.Uuid(), nullable=True))
    # The owner sees no rows behind the policy.
    op.execute("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE runs SET compute_request = gen_random_uuid() WHERE status = 'received' AND requested_by IS NOT NULL")
    op.execute("ALTER TABLE runs FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("runs", "compute_request")
