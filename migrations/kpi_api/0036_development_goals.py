"""Development goals: a skill to build, its steps, what shows it, and who agrees to it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from chassis.row_security import secure_table

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ID, TEXT, DAY, TIME = sa.Uuid(), sa.Text(), sa.Date(), sa.DateTime(timezone=True)


def column(name: str, kind: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def table(name: str, columns: list[sa.Column[Any]], refers_to: dict[str, str], checks: dict[str, str]) -> None:
    keys = [
        sa.ForeignKeyConstraint(
            ["organization_id", own], [f"{other}.organization_id", f"{other}.id"], name=op.f(f"fk_{name}_organization_id_{own}")
        )
        for own, other in refers_to.items()
    ]
    rules = [sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{label}")) for label, rule in checks.items()]
    primary = sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}"))
    op.create_table(name, column("organization_id", ID), column("id", ID), *columns, *keys, *rules, primary)
    for statement in secure_table(name):
        op.execute(statement)


def upgrade() -> None:
    table(
        "development_goals",
        [column("person_id", ID), column("skill", TEXT), column("aim", TEXT), column("why", TEXT), column("due_on", DAY),
         column("kpi_id", ID, null=True), column("measured_by", TEXT, null=True), column("status", TEXT), column("written_by_side", TEXT),
         column("written_by_id", ID), column("written_at", TIME), column("agreed_by_id", ID, null=True),
         column("agreed_at", TIME, null=True), column("closed_by_id", ID, null=True), column("closed_at", TIME, null=True),
         column("closing_reason", TEXT, null=True), column("version", sa.BigInteger())],
        {**dict.fromkeys(("person_id", "written_by_id", "agreed_by_id", "closed_by_id"), "persons"), "kpi_id": "kpis"},
        {
            "aim": "aim IN ('current_role', 'next_role')",
            "status": "status IN ('proposed', 'agreed', 'reached', 'not_reached', 'dropped')",
            "side": "written_by_side IN ('person', 'manager')",
            "measured_by": "measured_by IN ('steps', 'records') AND (kpi_id IS NULL) = (measured_by IS NULL)",
            "closed": "(status IN ('reached', 'not_reached', 'dropped')) = (closed_at IS NOT NULL)",
            "agreed": "status NOT IN ('agreed', 'reached', 'not_reached') OR agreed_at IS NOT NULL",
        },
    )  # fmt: skip
    table(
        "development_steps",
        [column("goal_id", ID), column("position", sa.BigInteger()), column("text", TEXT), column("due_on", DAY, null=True),
         column("done_on", DAY, null=True)],
        {"goal_id": "development_goals"},
        {},
    )  # fmt: skip
    table(
        "development_evidence",
        [column("goal_id", ID), column("author_id", ID), column("text", TEXT, null=True), column("link", TEXT, null=True),
         column("given_at", TIME)],
        {"goal_id": "development_goals", "author_id": "persons"},
        {"shown": "num_nonnulls(text, link) > 0"},
    )  # fmt: skip
    op.create_index("ix_development_goals_person", "development_goals", ["organization_id", "person_id"])
    open_ = sa.text("status IN ('proposed', 'agreed')")
    op.create_index("uq_development_goals_kpi", "development_goals", ["organization_id", "kpi_id"], unique=True, postgresql_where=open_)
    for name in ("development_steps", "development_evidence"):
        op.create_index(f"ix_{name}_goal", name, ["organization_id", "goal_id"])


def downgrade() -> None:
    for name in ("development_evidence", "development_steps", "development_goals"):
        op.drop_table(name)
