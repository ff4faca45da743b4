"""Rotation and use of API keys; outside identities of people."""

import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chassis_api_keys

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    chassis_api_keys.upgrade()
    op.create_table(
        "person_identities",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('email', 'hr_admin')", name=op.f("ck_person_identities_how")),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_person_identities_organization_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_person_identities")),
        sa.UniqueConstraint("organization_id", "issuer", "subject", name=op.f("uq_person_identities_organization_id_issuer_subject")),
    )
    op.create_index("ix_person_identities_person", "person_identities", ["organization_id", "person_id"], unique=False)
    op.create_index("ix_persons_email", "persons", ["organization_id", sa.text("lower(email)")], unique=False)
    for statement in secure_table("person_identities"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_persons_email", "persons")
    op.drop_table("person_identities")
    chassis_api_keys.downgrade()
