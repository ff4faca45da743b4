"""The operator links identities, too: in production nobody else lets the first hr_admin in."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = "ck_person_identities_how"


def upgrade() -> None:
    _allow("'email', 'hr_admin', 'operator'")


def downgrade() -> None:
    _allow("'email', 'hr_admin'", "NOT VALID")


def _allow(values: str, how: str = "") -> None:
    op.drop_constraint(NAME, "person_identities", type_="check")
    op.execute(f"ALTER TABLE person_identities ADD CONSTRAINT {NAME} CHECK (how IN ({values})) {how}")
