"""Links of the audit get seals beside their digests, which anybody can compute again; the same in both histories."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.add_column("audit_links", sa.Column("seal", sa.Text(), nullable=True))
    op.drop_column("audit_links", "digest_version")


def downgrade() -> None:
    op.add_column("audit_links", sa.Column("digest_version", sa.SmallInteger(), nullable=False, server_default="1"))
    op.alter_column("audit_links", "digest_version", server_default=None)
    op.drop_column("audit_links", "seal")
