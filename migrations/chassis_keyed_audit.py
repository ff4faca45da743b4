"""Which kind of digest a link of the audit has, and the seal of a chain's head; the same in both histories."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    # What is there has digests without a key: 1.
    op.add_column("audit_links", sa.Column("digest_version", sa.SmallInteger(), nullable=False, server_default="1"))
    op.alter_column("audit_links", "digest_version", server_default=None)
    op.add_column("audit_heads", sa.Column("seal", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_heads", "seal")
    op.drop_column("audit_links", "digest_version")
