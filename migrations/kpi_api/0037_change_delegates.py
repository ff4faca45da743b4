"""For whom a delegate signed first when an agreed scorecard was to change."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scorecard_changes", sa.Column("on_behalf_of_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scorecard_changes_organization_id_on_behalf_of_id"), "scorecard_changes", "persons",
        ["organization_id", "on_behalf_of_id"], ["organization_id", "id"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_column("scorecard_changes", "on_behalf_of_id")
