"""The texts of scorecards as they stood, who signed for whom, since when a side is waited for, and what is said about them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.row_security import append_only, secure_tables

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SINCE = """
UPDATE scorecards s SET waiting_since = (
  SELECT max(h.happened_at) FROM scorecard_history h
  WHERE h.organization_id = s.organization_id AND h.scorecard_id = s.id AND h.verb IN ('propose', 'counter')
) WHERE s.status IN ('proposed', 'countered')
"""


def upgrade() -> None:
    op.add_column("scorecards", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scorecards", sa.Column("reminders_sent", sa.BigInteger(), nullable=False, server_default="0"))
    # The owner sees no rows behind the policy.
    for table in ("scorecards", "scorecard_history"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(SINCE)
    for table in ("scorecards", "scorecard_history"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.add_column("scorecard_signatures", sa.Column("on_behalf_of_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scorecard_signatures_organization_id_on_behalf_of_id"), "scorecard_signatures", "persons",
        ["organization_id", "on_behalf_of_id"], ["organization_id", "id"],
    )  # fmt: skip
    _create_texts()
    _create_thread_comments()
    for statement in [*secure_tables(["scorecard_texts", "scorecard_thread_comments"]), *append_only("scorecard_texts")]:
        op.execute(statement)


def _create_texts() -> None:
    op.create_table(
        "scorecard_texts",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        _reference("scorecard_texts", "scorecard_id", "scorecards"),
        sa.UniqueConstraint(
            "organization_id", "scorecard_id", "version", name=op.f("uq_scorecard_texts_organization_id_scorecard_id_version")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_texts")),
    )


def _create_thread_comments() -> None:
    op.create_table(
        "scorecard_thread_comments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("reply_to_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("removed_at IS NOT NULL OR text IS NOT NULL", name=op.f("ck_scorecard_thread_comments_removed")),
        _reference("scorecard_thread_comments", "scorecard_id", "scorecards"),
        _reference("scorecard_thread_comments", "kpi_id", "kpis"),
        _reference("scorecard_thread_comments", "reply_to_id", "scorecard_thread_comments"),
        _reference("scorecard_thread_comments", "author_id", "persons"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_thread_comments")),
    )
    op.create_index("ix_scorecard_thread_comments_scorecard", "scorecard_thread_comments", ["organization_id", "scorecard_id"])


def _reference(table: str, column: str, to: str) -> Any:
    name = op.f(f"fk_{table}_organization_id_{column}")
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{to}.organization_id", f"{to}.id"], name=name)


def downgrade() -> None:
    op.drop_table("scorecard_thread_comments")
    op.drop_table("scorecard_texts")
    op.drop_column("scorecard_signatures", "on_behalf_of_id")
    op.drop_column("scorecards", "reminders_sent")
    op.drop_column("scorecards", "waiting_since")
