"""An identity that an hr_admin links holds once a second one has approved it.

Links that stand already go on holding; those that one hr_admin made are marked so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEEP_LINKS = "UPDATE person_identities SET approved_by = linked_by, approved_at = linked_at, alone = (how = 'hr_admin')"
# The tables of before know no link that waits: it would open.
DROP_WAITING = "DELETE FROM person_identities WHERE approved_at IS NULL"


def upgrade() -> None:
    op.add_column("person_identities", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("person_identities", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person_identities", sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    for_every_organization(KEEP_LINKS)
    op.alter_column("person_identities", "alone", server_default=None)


def downgrade() -> None:
    for_every_organization(DROP_WAITING)
    for column in ("approved_by", "approved_at", "alone"):
        op.drop_column("person_identities", column)


def for_every_organization(statement: str) -> None:
    """Row-level security is forced for the owner too."""
    op.execute("ALTER TABLE person_identities NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    op.execute("ALTER TABLE person_identities FORCE ROW LEVEL SECURITY")
