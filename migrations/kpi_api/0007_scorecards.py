"""The tables of scorecards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import append_only, secure_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ["scorecards", "scorecard_history", "scorecard_signatures", "scorecard_lines"]
APPEND_ONLY: list[str] = ["scorecard_history", "scorecard_signatures"]


def upgrade() -> None:
    op.create_table(
        "scorecards",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("written_by_side", sa.Text(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("imposed", sa.Boolean(), nullable=False),
        sa.Column("agreement", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("agreement_digest", sa.Text(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("cycle_id"), "="),
            (sa.text("daterange(window_start, window_end, '[]')"), "&&"),
            using="gist",
            name="ex_scorecards_window",
        ),
        sa.CheckConstraint("agreement IS NOT NULL OR status NOT IN ('agreed', 'active', 'closed')", name=op.f("ck_scorecards_agreement")),
        sa.CheckConstraint(
            "status IN ('draft', 'proposed', 'countered', 'agreed', 'active', 'closed', 'closed_not_agreed')",
            name=op.f("ck_scorecards_status"),
        ),
        sa.CheckConstraint("window_end >= window_start", name=op.f("ck_scorecards_window")),
        sa.ForeignKeyConstraint(
            ["organization_id", "cycle_id"], ["cycles.organization_id", "cycles.id"], name=op.f("fk_scorecards_organization_id_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_scorecards_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "template_id"],
            ["scorecard_templates.organization_id", "scorecard_templates.id"],
            name=op.f("fk_scorecards_organization_id_template_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecards")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index("ix_scorecards_cycle", "scorecards", ["organization_id", "cycle_id", "window_start"], unique=False)
    op.create_table(
        "scorecard_history",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scorecard_id"],
            ["scorecards.organization_id", "scorecards.id"],
            name=op.f("fk_scorecard_history_organization_id_scorecard_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_history")),
    )
    op.create_index("ix_scorecard_history_scorecard", "scorecard_history", ["organization_id", "scorecard_id"], unique=False)
    op.create_table(
        "scorecard_signatures",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scorecard_id"],
            ["scorecards.organization_id", "scorecards.id"],
            name=op.f("fk_scorecard_signatures_organization_id_scorecard_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "signer_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_scorecard_signatures_organization_id_signer_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_signatures")),
    )
    op.create_index("ix_scorecard_signatures_scorecard", "scorecard_signatures", ["organization_id", "scorecard_id"], unique=False)
    op.create_table(
        "scorecard_lines",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("weight > 0 AND weight <= 100", name=op.f("ck_scorecard_lines_weight")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_scorecard_lines_organization_id_kpi_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "scorecard_id"],
            ["scorecards.organization_id", "scorecards.id"],
            name=op.f("fk_scorecard_lines_organization_id_scorecard_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_lines")),
        sa.UniqueConstraint(
            "organization_id", "scorecard_id", "kpi_id", name=op.f("uq_scorecard_lines_organization_id_scorecard_id_kpi_id")
        ),
        sa.UniqueConstraint(
            "organization_id", "scorecard_id", "position", name=op.f("uq_scorecard_lines_organization_id_scorecard_id_position")
        ),
    )
    op.create_index("ix_scorecard_lines_kpi", "scorecard_lines", ["organization_id", "kpi_id"], unique=False)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
