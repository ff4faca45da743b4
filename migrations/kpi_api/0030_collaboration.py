"""What those who carry a KPI together agree to, propose, say, record, celebrate and learn."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.row_security import append_only, secure_table

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


KINDS: dict[str, Any] = {
    "id": sa.Uuid(),
    "text": sa.Text(),
    "day": sa.Date(),
    "time": sa.DateTime(timezone=True),
    "json": JSONB(),
    "number": sa.Numeric(),
}


def column(name: str, kind: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, KINDS[kind], nullable=null)


def table(name: str, columns: list[sa.Column[Any]], refers_to: dict[str, str], *constraints: sa.Constraint) -> None:
    op.create_table(
        name,
        column("organization_id", "id"),
        column("id", "id"),
        *columns,
        *constraints,
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", own], [f"{other}.organization_id", f"{other}.id"], name=op.f(f"fk_{name}_organization_id_{own}")
            )
            for own, other in refers_to.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
    )
    for statement in secure_table(name):
        op.execute(statement)


def unique(name: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("organization_id", *columns, name=op.f(f"uq_{name}_organization_id_{'_'.join(columns)}"))


def upgrade() -> None:
    op.add_column("kpi_stakeholders", sa.Column("credit_share", sa.Numeric(5, 2), nullable=True))
    op.create_check_constraint(op.f("ck_kpi_stakeholders_credit_share"), "kpi_stakeholders", "credit_share > 0 AND credit_share <= 100")
    table(
        "kpi_agreements",
        [column("kpi_id", "id"), column("stakeholder_id", "id"), column("signer_id", "id"), column("digest", "text"),
         column("terms", "json"), column("agreed_at", "time")],
        {"kpi_id": "kpis", "stakeholder_id": "kpi_stakeholders", "signer_id": "persons"},
        unique("kpi_agreements", "stakeholder_id", "digest"),
    )  # fmt: skip
    for statement in append_only("kpi_agreements"):
        op.execute(statement)
    table(
        "kpi_proposals",
        [column("kpi_id", "id"), column("author_id", "id"), column("text", "text"), column("targets", "json", null=True),
         column("status", "text"), column("reply", "text", null=True), column("created_at", "time"),
         column("answered_at", "time", null=True), column("answered_by_id", "id", null=True)],
        {"kpi_id": "kpis", "author_id": "persons", "answered_by_id": "persons"},
        sa.CheckConstraint("status IN ('open', 'taken', 'declined', 'withdrawn')", name=op.f("ck_kpi_proposals_status")),
        sa.CheckConstraint("(status = 'open') = (answered_at IS NULL)", name=op.f("ck_kpi_proposals_answered")),
    )  # fmt: skip
    table(
        "kpi_comments",
        [column("kpi_id", "id"), column("proposal_id", "id", null=True), column("author_id", "id"), column("text", "text"),
         column("created_at", "time")],
        {"kpi_id": "kpis", "proposal_id": "kpi_proposals", "author_id": "persons"},
    )  # fmt: skip
    table(
        "kpi_part_records",
        [column("kpi_id", "id"), column("stakeholder_id", "id"), column("recorded_by_id", "id"), column("day", "day"),
         column("value", "number", null=True), column("unit", "text", null=True), column("note", "text"), column("recorded_at", "time")],
        {"kpi_id": "kpis", "stakeholder_id": "kpi_stakeholders", "recorded_by_id": "persons"},
        sa.CheckConstraint("(value IS NULL) = (unit IS NULL)", name=op.f("ck_kpi_part_records_unit")),
    )  # fmt: skip
    table(
        "kpi_unnamed", [column("kpi_id", "id"), column("person_id", "id")], {"kpi_id": "kpis", "person_id": "persons"},
        unique("kpi_unnamed", "kpi_id", "person_id"),
    )  # fmt: skip
    table(
        "kpi_celebrations", [column("kpi_id", "id"), column("achieved_on", "day"), column("results", "json")], {"kpi_id": "kpis"},
        unique("kpi_celebrations", "kpi_id"),
    )  # fmt: skip
    table(
        "kpi_retrospectives",
        [column("kpi_id", "id"), column("author_id", "id"), column("went_well", "text"), column("to_improve", "text"),
         column("written_at", "time")],
        {"kpi_id": "kpis", "author_id": "persons"},
        unique("kpi_retrospectives", "kpi_id", "author_id"),
    )  # fmt: skip
    for name in ("kpi_agreements", "kpi_proposals", "kpi_comments", "kpi_part_records"):
        op.create_index(f"ix_{name}_kpi", name, ["organization_id", "kpi_id"])


def downgrade() -> None:
    for name in ("retrospectives", "celebrations", "unnamed", "part_records", "comments", "proposals", "agreements"):
        op.drop_table(f"kpi_{name}")
    op.drop_column("kpi_stakeholders", "credit_share")
