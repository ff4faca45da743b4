"""When a KPI was withdrawn, so that what was known on a day can be scored as it was."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kpis", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE kpis ADD CONSTRAINT ck_kpis_withdrawn CHECK (withdrawn_at IS NULL OR status = 'withdrawn') NOT VALID")
    op.execute("ALTER TABLE kpis VALIDATE CONSTRAINT ck_kpis_withdrawn")


def downgrade() -> None:
    op.drop_column("kpis", "withdrawn_at")
