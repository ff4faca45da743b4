"""A proposed version of a definition can be sent back with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "definition_versions"
COLUMNS = ("sent_back_at", "sent_back_by_person_id", "sent_back_reason")
COMPLETE = "num_nonnulls(sent_back_at, sent_back_by_person_id, sent_back_reason) IN (0, 3)"


def decisions(*columns: str) -> str:
    """The function that refuses any edit of a version but of these columns."""
    named = ", ".join(f"'{column}'" for column in columns)
    return f"""
CREATE OR REPLACE FUNCTION refuse_edit_of_definition_version() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE decisions text[] := ARRAY[{named}];
    BEGIN
      IF to_jsonb(NEW) - decisions <> to_jsonb(OLD) - decisions THEN
        RAISE EXCEPTION 'a definition version is never edited' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """


BEFORE = ("status", "approver_id", "approved_at", "retired_from")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("sent_back_by_person_id", sa.Uuid(), nullable=True))
    op.add_column(TABLE, sa.Column("sent_back_reason", sa.Text(), nullable=True))
    keys = ["organization_id", "sent_back_by_person_id"], ["organization_id", "id"]
    op.create_foreign_key(op.f("fk_definition_versions_organization_id_sent_back_by_person_id"), TABLE, "persons", *keys)
    op.create_check_constraint(op.f("ck_definition_versions_sent_back"), TABLE, COMPLETE)
    op.execute(decisions(*BEFORE, *COLUMNS))


def downgrade() -> None:
    op.execute(decisions(*BEFORE))
    op.drop_constraint(op.f("ck_definition_versions_sent_back"), TABLE)
    op.drop_constraint(op.f("fk_definition_versions_organization_id_sent_back_by_person_id"), TABLE)
    for column in COLUMNS:
        op.drop_column(TABLE, column)
