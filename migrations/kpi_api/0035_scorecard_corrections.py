"""Corrections of many signed scorecards at once, with time to object; as what the author of a comment spoke."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.row_security import secure_tables

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scorecard_thread_comments", sa.Column("side", sa.Text(), nullable=False, server_default="hr"))
    op.alter_column("scorecard_thread_comments", "side", server_default=None)
    _create_corrections()
    _create_results()
    op.add_column("scorecards", sa.Column("imposed_by_correction_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scorecards_organization_id_imposed_by_correction_id"), "scorecards", "scorecard_corrections",
        ["organization_id", "imposed_by_correction_id"], ["organization_id", "id"],
    )  # fmt: skip
    for statement in secure_tables(["scorecard_corrections", "scorecard_correction_results"]):
        op.execute(statement)


def _create_corrections() -> None:
    name = "scorecard_corrections"
    op.create_table(
        name,
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("objections_until", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("noted_until_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_by_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('preparing', 'open', 'done', 'withdrawn')", name=op.f(f"ck_{name}_status")),
        _reference(name, "cycle_id", "cycles"),
        _reference(name, "template_id", "scorecard_templates"),
        _reference(name, "unit_id", "org_units"),
        _reference(name, "ordered_by_id", "persons"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
    )


def _create_results() -> None:
    name = "scorecard_correction_results"
    op.create_table(
        name,
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("refused_code", sa.Text(), nullable=True),
        sa.Column("refused_message", sa.Text(), nullable=True),
        sa.Column("objected_by_id", sa.Uuid(), nullable=True),
        sa.Column("objected_side", sa.Text(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'objected', 'applied', 'unchanged', 'refused', 'withdrawn')", name=op.f(f"ck_{name}_status")
        ),
        sa.CheckConstraint("(status = 'refused') = (refused_code IS NOT NULL)", name=op.f(f"ck_{name}_refused")),
        sa.CheckConstraint("(status = 'objected') = (objected_by_id IS NOT NULL)", name=op.f(f"ck_{name}_objected")),
        _reference(name, "correction_id", "scorecard_corrections"),
        _reference(name, "scorecard_id", "scorecards"),
        _reference(name, "objected_by_id", "persons"),
        sa.UniqueConstraint(
            "organization_id", "correction_id", "scorecard_id", name=op.f(f"uq_{name}_organization_id_correction_id_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(
        f"uq_{name}_pending", name, ["organization_id", "scorecard_id"], unique=True, postgresql_where=sa.text("status = 'pending'")
    )
    op.create_index(f"ix_{name}_scorecard", name, ["organization_id", "scorecard_id"])


def _reference(table: str, column: str, to: str) -> Any:
    name = op.f(f"fk_{table}_organization_id_{column}")
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{to}.organization_id", f"{to}.id"], name=name)


def downgrade() -> None:
    op.drop_column("scorecards", "imposed_by_correction_id")
    op.drop_table("scorecard_correction_results")
    op.drop_table("scorecard_corrections")
    op.drop_column("scorecard_thread_comments", "side")
