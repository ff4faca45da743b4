"""Assignments that copy scorecards of an earlier cycle instead of giving a template, and previews of either."""

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
