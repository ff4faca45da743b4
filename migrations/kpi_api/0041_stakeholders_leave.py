"""Stakeholders leave, agreements are taken back, divided credit makes scores stale, and what is found about units is muted."""

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
