"""The tables of dictionary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ["competencies", "outcomes", "scorecard_templates", "kpi_definitions", "definition_versions", "template_lines"]

EXTRAS = [
    """
CREATE FUNCTION refuse_edit_of_definition_version() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE decisions text[] := ARRAY['status', 'approver_id', 'approved_at', 'retired_from'];
    BEGIN
      IF to_jsonb(NEW) - decisions <> to_jsonb(OLD) - decisions THEN
        RAISE EXCEPTION 'a definition version is never edited' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
CREATE TRIGGER refuse_edit BEFORE UPDATE ON definition_versions FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_definition_version()
    """,
]


def upgrade() -> None:
    op.create_table(
        "competencies",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_competencies")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_competencies_organization_id_code")),
    )
    op.create_table(
        "outcomes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_outcomes_organization_id_code")),
    )
    op.create_table(
        "scorecard_templates",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role_code", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_scorecard_templates")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_scorecard_templates_organization_id_code")),
    )
    op.create_table(
        "kpi_definitions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_kpi_definitions_organization_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_definitions")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_kpi_definitions_organization_id_code")),
    )
    op.create_table(
        "definition_versions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("precision", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("combine", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("combine_parts", sa.Text(), nullable=False),
        sa.Column("formulas", postgresql.JSONB(), nullable=False),
        sa.Column("measures", postgresql.JSONB(), nullable=False),
        sa.Column("source_of_truth", sa.Text(), nullable=True),
        sa.Column("update_frequency", sa.Text(), nullable=True),
        sa.Column("decision_speed_days", sa.BigInteger(), nullable=True),
        sa.Column("exclusion_rules", sa.Text(), nullable=True),
        sa.Column("leading", sa.Boolean(), nullable=False),
        sa.Column("leads_to_code", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column("competency_code", sa.Text(), nullable=True),
        sa.Column("controllability", sa.Text(), nullable=False),
        sa.Column("controllability_cause", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_from", sa.Date(), nullable=True),
        sa.CheckConstraint("approver_id <> author_id", name=op.f("ck_definition_versions_approved_by_another")),
        sa.ForeignKeyConstraint(
            ["organization_id", "approver_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_definition_versions_organization_id_approver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_definition_versions_organization_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "definition_id"],
            ["kpi_definitions.organization_id", "kpi_definitions.id"],
            name=op.f("fk_definition_versions_organization_id_definition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcomes.organization_id", "outcomes.id"],
            name=op.f("fk_definition_versions_organization_id_outcome_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_definition_versions")),
        sa.UniqueConstraint(
            "organization_id", "definition_id", "number", name=op.f("uq_definition_versions_organization_id_definition_id_number")
        ),
    )
    op.create_index(
        "ix_definition_versions_live", "definition_versions", ["organization_id", "definition_id", "effective_from"], unique=False
    )
    op.create_table(
        "template_lines",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("definition_code", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("targets", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "definition_code"],
            ["kpi_definitions.organization_id", "kpi_definitions.code"],
            name=op.f("fk_template_lines_organization_id_definition_code"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "template_id"],
            ["scorecard_templates.organization_id", "scorecard_templates.id"],
            name=op.f("fk_template_lines_organization_id_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_template_lines")),
        sa.UniqueConstraint(
            "organization_id", "template_id", "position", name=op.f("uq_template_lines_organization_id_template_id_position")
        ),
    )
    for statement in EXTRAS:
        op.execute(statement)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION refuse_edit_of_definition_version() CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
