"""A second person for grants, and delegations of a manager's rights.

Grants that stand already were given by one person; they are marked so.
"""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grants", sa.Column("approved_by", sa.Text(), nullable=True, server_default="operator"))
    op.add_column("grants", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True, server_default=sa.text("now()")))
    op.add_column("grants", sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    for column in ("approved_by", "approved_at", "alone"):
        op.alter_column("grants", column, server_default=None)
    op.create_table(
        "delegations",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delegator_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("delegate_id <> delegator_id", name=op.f("ck_delegations_to_another")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_delegations_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "delegator_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_delegations_organization_id_delegator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "delegate_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_delegations_organization_id_delegate_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_delegate", "delegations", ["organization_id", "delegate_id"])
    op.create_index("ix_delegations_delegator", "delegations", ["organization_id", "delegator_id"])
    for statement in secure_table("delegations"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("delegations")
    for column in ("approved_by", "approved_at", "alone"):
        op.drop_column("grants", column)
