"""Stakeholders leave, agreements are taken back, divided credit makes scores stale, and what is found about a unit or a cycle is muted."""

import sqlalchemy as sa
from alembic import op

from chassis.row_security import append_only, secure_table

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

STALE = """
CREATE FUNCTION mark_scores_stale_by_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO scores (organization_id, id, inputs_version, stale_since)
  SELECT s.organization_id, s.id, 1, NEW.credit_divided_at
  FROM scorecard_lines l JOIN scorecards s ON s.organization_id = l.organization_id AND s.id = l.scorecard_id
  WHERE l.organization_id = NEW.organization_id AND l.kpi_id = NEW.id AND s.status IN ('active', 'closed')
  ORDER BY s.organization_id, s.id
  ON CONFLICT (organization_id, id) DO UPDATE
    SET inputs_version = scores.inputs_version + 1, stale_since = coalesce(scores.stale_since, excluded.stale_since);
  RETURN NULL;
END $$
"""
STALE_BY_CREDIT = """
CREATE TRIGGER mark_scores_stale AFTER UPDATE OF credit_divided_at ON kpis FOR EACH ROW
    WHEN (NEW.credit_divided_at IS DISTINCT FROM OLD.credit_divided_at) EXECUTE FUNCTION mark_scores_stale_by_credit()
"""
ONE_AGREEMENT = "uq_kpi_agreements_organization_id_stakeholder_id_digest"
SUBJECT = "uq_finding_mutings_subject"
# The tables of before know no agreement that was taken back: it would count again.
DROP_TAKEN_BACK = """
DELETE FROM kpi_agreements a USING kpi_agreements_taken_back t WHERE t.organization_id = a.organization_id AND t.agreement_id = a.id
"""
SUBJECTS = {"unit_id": "org_units", "cycle_id": "cycles"}


def foreign_key(table: str, own: str, other: str) -> None:
    name = op.f(f"fk_{table}_organization_id_{own}")
    op.create_foreign_key(name, table, other, ["organization_id", own], ["organization_id", "id"])


def upgrade() -> None:
    op.add_column("kpis", sa.Column("credit_divided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("kpis", sa.Column("missed_on", sa.Date(), nullable=True))
    op.execute(STALE)
    op.execute(STALE_BY_CREDIT)
    op.add_column("kpi_stakeholders", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("kpi_stakeholders", sa.Column("left_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_kpi_stakeholders_left"),
        "kpi_stakeholders",
        "(left_at IS NULL) = (left_reason IS NULL) AND num_nonnulls(left_at, credit_share) < 2",
    )
    _take_back()
    _mute()


def _take_back() -> None:
    op.drop_constraint(ONE_AGREEMENT, "kpi_agreements")
    op.create_index("ix_kpi_agreements_digest", "kpi_agreements", ["organization_id", "stakeholder_id", "digest"])
    name = "kpi_agreements_taken_back"
    op.create_table(
        name,
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("taken_back_by_id", sa.Uuid(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("organization_id", "agreement_id", name=op.f(f"uq_{name}_organization_id_agreement_id")),
    )
    foreign_key(name, "agreement_id", "kpi_agreements")
    foreign_key(name, "taken_back_by_id", "persons")
    for statement in (*secure_table(name), *append_only(name)):
        op.execute(statement)


def _mute() -> None:
    op.drop_constraint(SUBJECT, "finding_mutings")
    for own, other in SUBJECTS.items():
        op.add_column("finding_mutings", sa.Column(own, sa.Uuid(), nullable=True))
        foreign_key("finding_mutings", own, other)
    op.create_unique_constraint(
        SUBJECT,
        "finding_mutings",
        ["organization_id", "code", "scorecard_id", "kpi_id", "unit_id", "cycle_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_check_constraint(op.f("ck_finding_mutings_subject"), "finding_mutings", "num_nonnulls(scorecard_id, unit_id, cycle_id) <= 1")


def downgrade() -> None:
    _forget_what_was_not_known_before()
    op.drop_constraint(SUBJECT, "finding_mutings")
    for own in SUBJECTS:
        op.drop_column("finding_mutings", own)
    op.create_unique_constraint(
        SUBJECT, "finding_mutings", ["organization_id", "code", "scorecard_id", "kpi_id"], postgresql_nulls_not_distinct=True
    )
    op.drop_index("ix_kpi_agreements_digest", "kpi_agreements")
    op.create_unique_constraint(ONE_AGREEMENT, "kpi_agreements", ["organization_id", "stakeholder_id", "digest"])
    op.drop_column("kpi_stakeholders", "left_reason")
    op.drop_column("kpi_stakeholders", "left_at")
    op.execute("DROP FUNCTION mark_scores_stale_by_credit() CASCADE")
    op.drop_column("kpis", "missed_on")
    op.drop_column("kpis", "credit_divided_at")


def _forget_what_was_not_known_before() -> None:
    """Row-level security is forced for the owner too, and what was taken back refers to agreements."""
    tables = ("finding_mutings", "kpi_agreements", "kpi_agreements_taken_back")
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM finding_mutings WHERE num_nonnulls(unit_id, cycle_id) > 0")
    op.drop_constraint(op.f("fk_kpi_agreements_taken_back_organization_id_agreement_id"), "kpi_agreements_taken_back")
    op.execute("ALTER TABLE kpi_agreements DISABLE TRIGGER append_only")
    op.execute(DROP_TAKEN_BACK)
    op.execute("ALTER TABLE kpi_agreements ENABLE TRIGGER append_only")
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.drop_table("kpi_agreements_taken_back")
