"""The texts of scorecards as they stood, who signed for whom, since when a side is waited for, and what is said about them."""

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
