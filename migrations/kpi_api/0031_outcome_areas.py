"""Outcome areas of an organization's own, and the unit or role that owns an outcome."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Outcomes could name any area so far: what does not ship becomes an area of the organization's own.
NAMED_SO_FAR = """
INSERT INTO outcome_areas (organization_id, id, code, name, description)
SELECT DISTINCT ON (organization_id, area) organization_id, gen_random_uuid(), area, area, '' FROM outcomes
WHERE area NOT IN ('engagement', 'productivity', 'cost_efficiency', 'revenue_growth', 'revenue_reliability', 'retention', 'adoption',
                   'quality', 'cycle_time', 'strategic_execution')
"""

OWNERS = {"owner_unit_id": "org_units", "owner_role_id": "roles"}


def upgrade() -> None:
    op.create_table(
        "outcome_areas",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_outcome_areas")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_outcome_areas_organization_id_code")),
    )
    op.execute("ALTER TABLE outcomes NO FORCE ROW LEVEL SECURITY")
    op.execute(NAMED_SO_FAR)
    op.execute("ALTER TABLE outcomes FORCE ROW LEVEL SECURITY")
    for statement in secure_table("outcome_areas"):
        op.execute(statement)
    for column, table in OWNERS.items():
        op.add_column("outcomes", sa.Column(column, sa.Uuid(), nullable=True))
        name = op.f(f"fk_outcomes_organization_id_{column}")
        op.create_foreign_key(name, "outcomes", table, ["organization_id", column], ["organization_id", "id"])
    op.create_check_constraint(op.f("ck_outcomes_one_owner"), "outcomes", "owner_unit_id IS NULL OR owner_role_id IS NULL")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_outcomes_one_owner"), "outcomes")
    for column in OWNERS:
        op.drop_column("outcomes", column)
    op.drop_table("outcome_areas")
