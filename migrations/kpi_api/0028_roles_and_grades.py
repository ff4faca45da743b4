"""Versions of roles, competencies that an organization writes itself, and grades of employments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_table

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# What a role said so far held since ever: people were employed in it before it was written down here.
FIRST_VERSIONS = """
INSERT INTO role_versions (organization_id, id, role_id, number, effective_from, name, core_responsibilities, note, role_state, written_at)
SELECT organization_id, gen_random_uuid(), id, 1, '1900-01-01', name, core_responsibilities, '', version, now() FROM roles
"""

NEWEST_AGAIN = """
UPDATE roles r SET name = v.name, core_responsibilities = v.core_responsibilities FROM role_versions v
WHERE v.organization_id = r.organization_id AND v.role_id = r.id
  AND v.number = (SELECT max(w.number) FROM role_versions w WHERE w.organization_id = r.organization_id AND w.role_id = r.id)
"""


def upgrade() -> None:
    _create_role_versions()
    op.execute("ALTER TABLE roles NO FORCE ROW LEVEL SECURITY")
    op.execute(FIRST_VERSIONS)
    op.execute("ALTER TABLE roles FORCE ROW LEVEL SECURITY")
    for statement in secure_table("role_versions"):
        op.execute(statement)
    for name in ("name", "core_responsibilities"):
        op.drop_column("roles", name)
    op.add_column("employments", sa.Column("grade", sa.Text(), nullable=True))
    op.add_column("competencies", sa.Column("for_managers", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("competencies", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.execute("ALTER TABLE competencies NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE competencies SET for_managers = true WHERE code = 'leadership' AND name = 'Leadership (for managers)'")
    op.execute("ALTER TABLE competencies FORCE ROW LEVEL SECURITY")
    for name in ("for_managers", "version"):
        op.alter_column("competencies", name, server_default=None)


def _create_role_versions() -> None:
    op.create_table(
        "role_versions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("core_responsibilities", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role_state", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_role_versions_number")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_role_versions_organization_id_{column}"),
            )
            for column, table in (("role_id", "roles"), ("author_id", "persons"))
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_role_versions")),
        sa.UniqueConstraint("organization_id", "role_id", "number", name=op.f("uq_role_versions_organization_id_role_id_number")),
    )


def downgrade() -> None:
    for name in ("version", "for_managers"):
        op.drop_column("competencies", name)
    op.drop_column("employments", "grade")
    op.add_column("roles", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    op.add_column("roles", sa.Column("core_responsibilities", postgresql.JSONB(), nullable=False, server_default="[]"))
    for table in ("roles", "role_versions"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(NEWEST_AGAIN)
    op.execute("ALTER TABLE roles FORCE ROW LEVEL SECURITY")
    for name in ("name", "core_responsibilities"):
        op.alter_column("roles", name, server_default=None)
    op.drop_table("role_versions")
