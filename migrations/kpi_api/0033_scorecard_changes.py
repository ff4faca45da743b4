"""Changes of agreed scorecards in mid-year: requests, and which scorecard succeeds which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.row_security import secure_table

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def reference(table: str, own: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organization_id_{own}")
    return sa.ForeignKeyConstraint(["organization_id", own], [f"{other}.organization_id", f"{other}.id"], name=name)


def upgrade() -> None:
    op.add_column("scorecards", sa.Column("succeeds_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scorecards_organization_id_succeeds_id"), "scorecards", "scorecards",
        ["organization_id", "succeeds_id"], ["organization_id", "id"],
    )  # fmt: skip
    op.create_index(
        "uq_scorecards_succeeds", "scorecards", ["organization_id", "succeeds_id"], unique=True,
        postgresql_where=sa.text("succeeds_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "scorecard_changes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("lines", JSONB(none_as_null=True), nullable=True),
        sa.Column("differences", JSONB(), nullable=False),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", JSONB(none_as_null=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("former", JSONB(none_as_null=True), nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('request', 'kpi_changed', 'kpi_withdrawn')", name=op.f("ck_scorecard_changes_kind")),
        sa.CheckConstraint(
            "status IN ('pending', 'agreed', 'rejected', 'withdrawn', 'lapsed')", name=op.f("ck_scorecard_changes_status")
        ),
        sa.CheckConstraint("(kind = 'request') = (kpi_id IS NULL)", name=op.f("ck_scorecard_changes_kpi")),
        sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f("ck_scorecard_changes_decided")),
        sa.CheckConstraint("num_nulls(side, signer_id, signed_at, document, digest) IN (0, 5)", name=op.f("ck_scorecard_changes_signed")),
        reference("scorecard_changes", "scorecard_id", "scorecards"),
        reference("scorecard_changes", "result_id", "scorecards"),
        reference("scorecard_changes", "kpi_id", "kpis"),
        reference("scorecard_changes", "signer_id", "persons"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_changes")),
    )
    op.create_index(
        "uq_scorecard_changes_pending", "scorecard_changes", ["organization_id", "scorecard_id", "kpi_id"], unique=True,
        postgresql_where=sa.text("status = 'pending'"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("ix_scorecard_changes_scorecard", "scorecard_changes", ["organization_id", "scorecard_id"])
    op.create_index(
        "ix_scorecard_changes_kpi", "scorecard_changes", ["organization_id", "kpi_id"], postgresql_where=sa.text("kpi_id IS NOT NULL")
    )
    for statement in secure_table("scorecard_changes"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("scorecard_changes")
    op.drop_column("scorecards", "succeeds_id")
