"""The first tables of scoring."""

from alembic import op

from chassis.row_security import append_only, secure_table
from chassis.rows import AppendOnly
from scoring.models import Base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    for mapper in Base.registry.mappers:
        table = mapper.local_table.name
        for statement in [*secure_table(table), *(append_only(table) if issubclass(mapper.class_, AppendOnly) else [])]:
            op.execute(statement)


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
