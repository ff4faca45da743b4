"""Who answers for definitions, when they are reviewed, and to whom they apply; business changes that open reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_tables

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ANYBODY = sa.text("""'{"roles": [], "grades": [], "has_direct_reports": null}'::jsonb""")


def upgrade() -> None:
    op.add_column("kpi_definitions", sa.Column("steward_id", sa.Uuid(), nullable=True))
    op.add_column("kpi_definitions", sa.Column("review_every_months", sa.BigInteger(), nullable=True))
    op.add_column("kpi_definitions", sa.Column("review_due_on", sa.Date(), nullable=True))
    op.create_foreign_key(
        op.f("fk_kpi_definitions_organization_id_steward_id"),
        "kpi_definitions",
        "persons",
        ["organization_id", "steward_id"],
        ["organization_id", "id"],
    )
    op.add_column("definition_versions", sa.Column("leads_to_lag_days", sa.BigInteger(), nullable=True))
    op.add_column("definition_versions", sa.Column("applicability", postgresql.JSONB(), nullable=False, server_default=ANYBODY))
    op.alter_column("definition_versions", "applicability", server_default=None)
    op.add_column("definition_versions", sa.Column("definition_state", sa.BigInteger(), nullable=True))
    _create_business_changes()
    _create_definition_reviews()
    for statement in secure_tables(["business_changes", "definition_reviews"]):
        op.execute(statement)


def _create_business_changes() -> None:
    op.create_table(
        "business_changes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_business_changes")),
    )


def _create_definition_reviews() -> None:
    op.create_table(
        "definition_reviews",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("business_change_id", sa.Uuid(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (completed_at IS NULL)", name=op.f("ck_definition_reviews_completed")),
        sa.CheckConstraint("(reason = 'business_change') = (business_change_id IS NOT NULL)", name=op.f("ck_definition_reviews_change")),
        sa.ForeignKeyConstraint(
            ["organization_id", "definition_id"],
            ["kpi_definitions.organization_id", "kpi_definitions.id"],
            name=op.f("fk_definition_reviews_organization_id_definition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "business_change_id"],
            ["business_changes.organization_id", "business_changes.id"],
            name=op.f("fk_definition_reviews_organization_id_business_change_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_definition_reviews")),
    )
    # One open review per definition and reason: a repeat, or two writers at once, opens no second one.
    op.create_index(
        "uq_definition_reviews_open",
        "definition_reviews",
        ["organization_id", "definition_id", "reason", "business_change_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("definition_reviews")
    op.drop_table("business_changes")
    for column in ("definition_state", "applicability", "leads_to_lag_days"):
        op.drop_column("definition_versions", column)
    for column in ("review_due_on", "review_every_months", "steward_id"):
        op.drop_column("kpi_definitions", column)
