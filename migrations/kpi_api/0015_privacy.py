"""Erasure of people: who asked for it, and free text moved from append-only rows to rows that can be erased.

That is comments in the history of scorecards, and reasons of corrected measurements.
"""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_tables

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ERASED = (
    "erased_at IS NULL OR (NOT active AND external_id = 'erased:' || id AND given_name = 'erased' AND family_name = 'erased'"
    " AND display_name = 'erased' AND num_nonnulls(user_name, email, birth_date, gender) = 0)"
)
TABLES = ["erasures", "scorecard_comments", "correction_reasons"]


def upgrade() -> None:
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_persons_erased"), "persons", ERASED)
    op.create_table(
        "erasures",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(approved_by IS NULL) = (erased_at IS NULL)", name=op.f("ck_erasures_approved")),
        sa.ForeignKeyConstraint(
            ["organization_id", "id"], ["persons.organization_id", "persons.id"], name=op.f("fk_erasures_organization_id_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_erasures")),
    )
    _create_comments()
    _create_reasons()
    for statement in secure_tables(TABLES):
        op.execute(statement)


def _create_comments() -> None:
    op.create_table(
        "scorecard_comments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scorecard_id"],
            ["scorecards.organization_id", "scorecards.id"],
            name=op.f("fk_scorecard_comments_organization_id_scorecard_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "id"],
            ["scorecard_history.organization_id", "scorecard_history.id"],
            name=op.f("fk_scorecard_comments_organization_id_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_comments")),
    )
    op.create_index("ix_scorecard_comments_scorecard", "scorecard_comments", ["organization_id", "scorecard_id"])
    # The owner sees no rows behind the policy.
    op.execute("ALTER TABLE scorecard_history NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO scorecard_comments (organization_id, id, scorecard_id, text)"
        " SELECT organization_id, id, scorecard_id, comment FROM scorecard_history WHERE comment IS NOT NULL"
    )
    op.execute("ALTER TABLE scorecard_history FORCE ROW LEVEL SECURITY")
    op.drop_column("scorecard_history", "comment")


def _create_reasons() -> None:
    op.create_table(
        "correction_reasons",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_correction_reasons_organization_id_kpi_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_correction_reasons")),
    )
    op.create_index("ix_correction_reasons_kpi", "correction_reasons", ["organization_id", "kpi_id"])
    op.execute("ALTER TABLE measurements NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO correction_reasons (organization_id, id, kpi_id, text)"
        " SELECT organization_id, id, kpi_id, correction_reason FROM measurements WHERE correction_reason IS NOT NULL"
    )
    op.execute("ALTER TABLE measurements FORCE ROW LEVEL SECURITY")
    op.drop_column("measurements", "correction_reason")


def downgrade() -> None:
    _put_back("scorecard_history", "comment", "scorecard_comments")
    _put_back("measurements", "correction_reason", "correction_reasons")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("persons", "erased_at")


def _put_back(table: str, column: str, kept: str) -> None:
    op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    for each in (table, kept):
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    same = "k.organization_id = t.organization_id AND k.id = t.id"
    op.execute(f"UPDATE {table} t SET {column} = k.text FROM {kept} k WHERE {same}")  # noqa: S608  # names of ours
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
