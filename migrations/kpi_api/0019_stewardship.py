"""Who answers for definitions, when they are reviewed, and to whom they apply; business changes that open reviews."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
