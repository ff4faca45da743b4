"""Mutings of findings, the quality of scorecards over time, and lines of drafts whose weight is not set yet."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_tables

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_mutings()
    _create_quality()
    for statement in secure_tables(["finding_mutings", "scorecard_quality"]):
        op.execute(statement)
    op.alter_column("scorecard_lines", "weight", nullable=True)


def _create_mutings() -> None:
    op.create_table(
        "finding_mutings",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("muted_by_id", sa.Uuid(), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kpi_id IS NULL OR scorecard_id IS NOT NULL", name=op.f("ck_finding_mutings_line")),
        _reference("finding_mutings", "scorecard_id", "scorecards", cascade=True),
        _reference("finding_mutings", "kpi_id", "kpis"),
        _reference("finding_mutings", "muted_by_id", "persons"),
        sa.UniqueConstraint(
            "organization_id", "code", "scorecard_id", "kpi_id", name="uq_finding_mutings_subject", postgresql_nulls_not_distinct=True
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_finding_mutings")),
    )
    op.create_index("ix_finding_mutings_scorecard", "finding_mutings", ["organization_id", "scorecard_id"])


def _create_quality() -> None:
    counts = [sa.Column(name, sa.BigInteger(), nullable=False) for name in ("points", "errors", "warnings", "information")]
    op.create_table(
        "scorecard_quality",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *counts,
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_scorecard_quality_points")),
        _reference("scorecard_quality", "scorecard_id", "scorecards", cascade=True),
        sa.UniqueConstraint("organization_id", "scorecard_id", "day", name="uq_scorecard_quality_day"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_quality")),
    )


def _reference(table: str, column: str, to: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{to}.organization_id", f"{to}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def downgrade() -> None:
    op.drop_table("scorecard_quality")
    op.drop_table("finding_mutings")
    op.execute("ALTER TABLE scorecard_lines NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM scorecard_lines WHERE weight IS NULL")
    op.execute("ALTER TABLE scorecard_lines FORCE ROW LEVEL SECURITY")
    op.alter_column("scorecard_lines", "weight", nullable=False)
