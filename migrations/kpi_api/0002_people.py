"""The tables of people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = [
    "legal_entities",
    "organization_profiles",
    "persons",
    "roles",
    "grants",
    "kpi_sights",
    "org_units",
    "reporting_lines",
    "employments",
]


def upgrade() -> None:
    op.create_table(
        "legal_entities",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_legal_entities")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_legal_entities_organization_id_code")),
    )
    op.create_table(
        "organization_profiles",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("indicator_label", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = organization_id", name=op.f("ck_organization_profiles_one_row")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_organization_profiles")),
    )
    op.create_table(
        "persons",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("hire_date", sa.Date(), nullable=True),
        sa.Column("termination_date", sa.Date(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("termination_date >= hire_date", name=op.f("ck_persons_dates_in_order")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_persons")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_persons_organization_id_external_id")),
    )
    op.create_index("uq_persons_user_name", "persons", ["organization_id", sa.literal_column("lower(user_name)")], unique=True)
    op.create_table(
        "roles",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("core_responsibilities", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_roles")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_roles_organization_id_code")),
    )
    op.create_table(
        "grants",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_grants_organization_id_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_person", "grants", ["organization_id", "person_id"], unique=False)
    op.create_table(
        "kpi_sights",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("sight", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_kpi_sights_organization_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kpi_sights")),
        sa.UniqueConstraint(
            "organization_id", "person_id", "kpi_id", "sight", name=op.f("uq_kpi_sights_organization_id_person_id_kpi_id_sight")
        ),
    )
    op.create_index("ix_kpi_sights_kpi", "kpi_sights", ["organization_id", "kpi_id"], unique=False)
    op.create_table(
        "org_units",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("value_statement", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('company', 'business_unit', 'function', 'team')", name=op.f("ck_org_units_kind")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_org_units_not_under_itself")),
        sa.ForeignKeyConstraint(
            ["organization_id", "head_id"], ["persons.organization_id", "persons.id"], name=op.f("fk_org_units_organization_id_head_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["org_units.organization_id", "org_units.id"],
            name=op.f("fk_org_units_organization_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_org_units")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_org_units_organization_id_code")),
    )
    op.create_index("ix_org_units_parent", "org_units", ["organization_id", "parent_id"], unique=False)
    op.create_table(
        "reporting_lines",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "manager_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_reporting_lines_organization_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_reporting_lines_organization_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_reporting_lines")),
    )
    op.create_index("ix_reporting_lines_manager", "reporting_lines", ["organization_id", "manager_id", "person_id"], unique=False)
    op.create_index("ix_reporting_lines_person", "reporting_lines", ["organization_id", "person_id"], unique=False)
    op.create_table(
        "employments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_external_id", sa.Text(), nullable=True),
        sa.Column("fte", sa.Numeric(), nullable=False),
        sa.Column("legal_entity_id", sa.Uuid(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("person_id"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("is_primary"),
            using="gist",
            name="ex_employments_primary",
        ),
        sa.CheckConstraint("fte > 0 AND fte <= 2", name=op.f("ck_employments_fte")),
        sa.CheckConstraint("manager_id <> person_id", name=op.f("ck_employments_not_own_manager")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_employments_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organization_id", "legal_entity_id"],
            ["legal_entities.organization_id", "legal_entities.id"],
            name=op.f("fk_employments_organization_id_legal_entity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "manager_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_employments_organization_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["persons.organization_id", "persons.id"],
            name=op.f("fk_employments_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "role_id"], ["roles.organization_id", "roles.id"], name=op.f("fk_employments_organization_id_role_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "unit_id"],
            ["org_units.organization_id", "org_units.id"],
            name=op.f("fk_employments_organization_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_employments")),
    )
    op.create_index("ix_employments_manager", "employments", ["organization_id", "manager_id"], unique=False)
    op.create_index("ix_employments_person", "employments", ["organization_id", "person_id", "valid_from"], unique=False)
    op.create_index("ix_employments_unit", "employments", ["organization_id", "unit_id"], unique=False)
    op.create_index(
        "ix_employments_unresolved",
        "employments",
        ["organization_id", "manager_external_id"],
        unique=False,
        postgresql_where=sa.text("manager_id IS NULL AND manager_external_id IS NOT NULL"),
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
