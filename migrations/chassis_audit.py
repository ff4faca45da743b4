"""The heads of the audit chains, and indexes for reading audit records; the same in both histories."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("organization_id", sa.Uuid(), nullable=False, primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    # Chains that are there already begin with the head they have; secured only then, since the owner sees no rows behind the policy.
    op.execute("ALTER TABLE audit_links NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO audit_heads (organization_id, number, digest)"
        " SELECT DISTINCT ON (organization_id) organization_id, number, digest FROM audit_links ORDER BY organization_id, number DESC"
    )
    op.execute("ALTER TABLE audit_links FORCE ROW LEVEL SECURITY")
    for statement in secure_table("audit_heads"):
        op.execute(statement)
    op.create_index("ix_audit_records_occurred_at", "audit_records", ["organization_id", "occurred_at", "id"])
    op.create_index("ix_audit_records_actor", "audit_records", ["organization_id", "actor", "occurred_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_records_actor", "audit_records")
    op.drop_index("ix_audit_records_occurred_at", "audit_records")
    op.drop_table("audit_heads")
