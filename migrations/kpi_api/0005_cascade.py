"""The tables of cascade."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ["kpis", "contributions", "kpi_stakeholders", "kpi_targets"]

# Two writers may each add half of a circle. The lock makes the second wait for the first one's commit; what it then reads (READ
# COMMITTED takes a new snapshot per statement) includes the first half. `UNION` ends the walk even inside a circle.
EXTRAS = [
    """
CREATE FUNCTION refuse_circle_of_contributions() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE circle uuid;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('contributions:' || organization_id, 0))
        FROM (SELECT DISTINCT organization_id FROM added ORDER BY 1) AS organizations;
      WITH RECURSIVE upward AS (
        SELECT organization_id, child_id AS start, parent_id AS here FROM added
        UNION
        SELECT c.organization_id, u.start, c.parent_id
        FROM upward u JOIN contributions c ON c.organization_id = u.organization_id AND c.child_id = u.here
      )
      SELECT start INTO circle FROM upward WHERE here = start LIMIT 1;
      IF circle IS NOT NULL THEN
        RAISE EXCEPTION 'contributions make a circle'
          USING ERRCODE = 'check_violation', DETAIL = circle, CONSTRAINT = 'contributions_circle';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
CREATE TRIGGER refuse_circle_on_insert AFTER INSERT ON contributions REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_circle_of_contributions()
    """,
    """
CREATE TRIGGER refuse_circle_on_update AFTER UPDATE ON contributions REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_circle_of_contributions()
    """,
]


def upgrade() -> None:
    op.create_table(
        "kpis",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("definition_version_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("owner_person_id", sa.Uuid(), nullable=True),
        sa.Column("owner_unit_id", sa.Uuid(), nullable=True),
        sa.Column("collaborative", sa.Boolean(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("controllability", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CASE level WHEN 'individual' THEN owner_person_id IS NOT NULL AND owner_unit_id IS NULL"
            " WHEN 'strategic' THEN num_nonnulls(owner_person_id, owner_unit_id) = 1"
            " ELSE owner_unit_id IS NOT NULL AND owner_person_id IS NULL END",
            name=op.f("ck_kpis_owner"),
        ),
        sa.CheckConstraint("window_end >= window_start", name=op.f("ck_kpis_window")),
        sa.ForeignKeyConstraint(
            ["organization_id", "cycle_id"], ["cycles.organization_id", "cycles.id"], name=op.f("fk_kpis_organization_id_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "definition_version_id"],
            ["definition_versions.organization_id", "definition_versions.id"],
            name=op.f("fk_kpis_organization_id_definition_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_kpis_organization_id_owner_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "owner_unit_id"],
            ["org_units.organization_id", "org_units.id"],
            name=op.f("fk_kpis_organization_id_owner_unit_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpis")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_kpis_organization_id_code")),
    )
    op.create_index("ix_kpis_cycle_level", "kpis", ["organization_id", "cycle_id", "level"], unique=False)
    op.create_index("ix_kpis_definition_version", "kpis", ["organization_id", "definition_version_id"], unique=False)
    op.create_index("ix_kpis_owner_person", "kpis", ["organization_id", "owner_person_id"], unique=False)
    op.create_index("ix_kpis_owner_unit", "kpis", ["organization_id", "owner_unit_id"], unique=False)
    op.create_table(
        "contributions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_contributions_weight")),
        sa.ForeignKeyConstraint(
            ["organization_id", "child_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_contributions_organization_id_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_contributions_organization_id_parent_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("organization_id", "child_id", "parent_id", name=op.f("uq_contributions_organization_id_child_id_parent_id")),
    )
    op.create_index("ix_contributions_parent", "contributions", ["organization_id", "parent_id"], unique=False)
    op.create_table(
        "kpi_stakeholders",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.CheckConstraint("num_nonnulls(person_id, unit_id) = 1", name=op.f("ck_kpi_stakeholders_one")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_kpi_stakeholders_organization_id_kpi_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_kpi_stakeholders_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "unit_id"],
            ["org_units.organization_id", "org_units.id"],
            name=op.f("fk_kpi_stakeholders_organization_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_stakeholders")),
        sa.UniqueConstraint(
            "organization_id",
            "kpi_id",
            "person_id",
            "unit_id",
            name=op.f("uq_kpi_stakeholders_organization_id_kpi_id_person_id_unit_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_kpi_stakeholders_person", "kpi_stakeholders", ["organization_id", "person_id"], unique=False)
    op.create_index("ix_kpi_stakeholders_unit", "kpi_stakeholders", ["organization_id", "unit_id"], unique=False)
    op.create_table(
        "kpi_targets",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("value_high", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Numeric(), nullable=True),
        sa.Column("threshold", sa.Numeric(), nullable=True),
        sa.Column("stretch", sa.Numeric(), nullable=True),
        sa.Column("scale_minimum", sa.Numeric(), nullable=True),
        sa.Column("scale_maximum", sa.Numeric(), nullable=True),
        sa.Column("phasing", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(comparison = 'within') = (value_high IS NOT NULL)", name=op.f("ck_kpi_targets_within")),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"],
            ["kpis.organization_id", "kpis.id"],
            name=op.f("fk_kpi_targets_organization_id_kpi_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_targets")),
        sa.UniqueConstraint("organization_id", "kpi_id", "part", name=op.f("uq_kpi_targets_organization_id_kpi_id_part")),
    )
    for statement in EXTRAS:
        op.execute(statement)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION refuse_circle_of_contributions() CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
