"""The tables of hris."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import append_only, secure_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ["hris_sources", "hris_messages"]
APPEND_ONLY: list[str] = ["hris_messages"]

EXTRAS = [
    """
CREATE FUNCTION find_hris_source(wanted uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
      SELECT s.organization_id FROM hris_sources s WHERE s.id = wanted AND s.disabled_at IS NULL
    $$
    """,
    """
CREATE POLICY look_up ON hris_sources FOR SELECT TO CURRENT_USER USING (true)
    """,
]


def upgrade() -> None:
    op.create_table(
        "hris_sources",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("previous_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_hris_sources")),
    )
    op.create_table(
        "hris_messages",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_hris_messages_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "source_id"],
            ["hris_sources.organization_id", "hris_sources.id"],
            name=op.f("fk_hris_messages_organization_id_source_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_hris_messages")),
        sa.UniqueConstraint(
            "organization_id", "source_id", "message_id", name=op.f("uq_hris_messages_organization_id_source_id_message_id")
        ),
    )
    op.create_index("ix_hris_messages_person", "hris_messages", ["organization_id", "person_id", "occurred_at"], unique=False)
    for statement in EXTRAS:
        op.execute(statement)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION find_hris_source(wanted uuid) CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
