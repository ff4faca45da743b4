"""The search row of each definition, and what was said about pairs of definitions that look alike."""

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty for now."""


def downgrade() -> None:
    """Empty for now."""
