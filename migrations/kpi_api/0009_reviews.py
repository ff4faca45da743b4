"""The tables of reviews."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ["reviews", "review_assessments", "check_ins"]


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("overall_rating", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("released_assessment_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (released_at IS NULL)", name=op.f("ck_reviews_released")),
        sa.CheckConstraint("stage IN ('mid_year', 'annual')", name=op.f("ck_reviews_stage")),
        sa.CheckConstraint("status IN ('open', 'released', 'acknowledged')", name=op.f("ck_reviews_status")),
        sa.ForeignKeyConstraint(
            ["organization_id", "cycle_id"], ["cycles.organization_id", "cycles.id"], name=op.f("fk_reviews_organization_id_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_reviews_organization_id_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "scorecard_id"],
            ["scorecards.organization_id", "scorecards.id"],
            name=op.f("fk_reviews_organization_id_scorecard_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("organization_id", "scorecard_id", "stage", name=op.f("uq_reviews_organization_id_scorecard_id_stage")),
    )
    op.create_index("ix_reviews_cycle", "reviews", ["organization_id", "cycle_id", "stage"], unique=False)
    op.create_index("ix_reviews_person", "reviews", ["organization_id", "person_id"], unique=False)
    op.create_table(
        "review_assessments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rating", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('self', 'manager')", name=op.f("ck_review_assessments_side")),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_review_assessments_organization_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "review_id"],
            ["reviews.organization_id", "reviews.id"],
            name=op.f("fk_review_assessments_organization_id_review_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_review_assessments")),
        sa.UniqueConstraint(
            "organization_id", "review_id", "author_id", name=op.f("uq_review_assessments_organization_id_review_id_author_id")
        ),
    )
    op.create_table(
        "check_ins",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("what_moved", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("expected_impact", sa.Text(), nullable=False),
        sa.Column("support_needed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_check_ins_organization_id_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_check_ins_organization_id_kpi_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_check_ins_organization_id_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_check_ins")),
    )
    op.create_index("ix_check_ins_kpi", "check_ins", ["organization_id", "kpi_id"], unique=False)
    op.create_index("ix_check_ins_person", "check_ins", ["organization_id", "person_id"], unique=False)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
