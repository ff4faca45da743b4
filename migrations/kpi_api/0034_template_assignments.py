"""Versions and eligibility of scorecard templates, their assignment to many people, and drafts that go while nobody has touched them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.row_security import append_only, secure_tables

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

UNTOUCHED_ONLY = """
CREATE FUNCTION remove_untouched_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' OR OLD.version <> 1 THEN
    RAISE EXCEPTION 'only a draft that nobody has touched can be removed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$
"""
# Within the removal of its draft, a step is removed by the foreign key's own trigger: one level deeper than any statement of ours.
OPENINGS_GO_WITH_DRAFTS = """
CREATE FUNCTION refuse_change_but_with_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    op.add_column("scorecard_templates", sa.Column("number", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("scorecard_templates", sa.Column("retired_on", sa.Date(), nullable=True))
    op.add_column("scorecard_templates", sa.Column("eligibility", JSONB(), nullable=False, server_default="{}"))
    op.add_column("scorecards", sa.Column("template_number", sa.BigInteger(), nullable=True))
    _create_versions()
    _create_assignments()
    _create_results()
    for statement in secure_tables(["template_versions", "template_assignments", "template_assignment_results"]):
        op.execute(statement)
    for statement in append_only("template_versions"):
        op.execute(statement)
    _let_untouched_drafts_go()


def _create_versions() -> None:
    op.create_table(
        "template_versions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        _reference("template_versions", "template_id", "scorecard_templates"),
        _unique("template_versions", "template_id", "number"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_template_versions")),
    )


def _create_assignments() -> None:
    statuses = "status IN ('running', 'finished', 'undoing', 'undone')"
    op.create_table(
        "template_assignments",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("template_number", sa.BigInteger(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("contributes_to", JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(statuses, name=op.f("ck_template_assignments_status")),
        _reference("template_assignments", "template_id", "scorecard_templates"),
        _reference("template_assignments", "cycle_id", "cycles"),
        _reference("template_assignments", "requester_id", "persons"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_template_assignments")),
    )
    op.create_index("ix_template_assignments_template", "template_assignments", ["organization_id", "template_id"])


def _create_results() -> None:
    statuses = "status IN ('waiting', 'opened', 'skipped', 'refused', 'removed', 'kept')"
    op.create_table(
        "template_assignment_results",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=True),
        sa.Column("window_end", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("scorecard_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_ids", JSONB(), nullable=False),
        sa.CheckConstraint(statuses, name=op.f("ck_template_assignment_results_status")),
        _reference("template_assignment_results", "assignment_id", "template_assignments"),
        _reference("template_assignment_results", "person_id", "persons"),
        _unique("template_assignment_results", "assignment_id", "position"),
        _unique("template_assignment_results", "assignment_id", "person_id"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_template_assignment_results")),
    )
    op.create_index(
        "ix_template_assignment_results_waiting",
        "template_assignment_results",
        ["organization_id", "assignment_id", "position"],
        postgresql_where=sa.text("status = 'waiting'"),
    )


def _let_untouched_drafts_go() -> None:
    op.execute(UNTOUCHED_ONLY)
    op.execute("CREATE TRIGGER untouched_only BEFORE DELETE ON scorecards FOR EACH ROW EXECUTE FUNCTION remove_untouched_drafts_only()")
    op.execute(OPENINGS_GO_WITH_DRAFTS)
    op.execute("DROP TRIGGER append_only ON scorecard_history")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON scorecard_history"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_but_with_draft()"
    )
    _refer_history("CASCADE")


def _refer_history(ondelete: str | None) -> None:
    name = op.f("fk_scorecard_history_organization_id_scorecard_id")
    op.drop_constraint(name, "scorecard_history")
    keys = (["organization_id", "scorecard_id"], ["organization_id", "id"])
    op.create_foreign_key(name, "scorecard_history", "scorecards", *keys, ondelete=ondelete)


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organization_id_{column}")
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{to}.organization_id", f"{to}.id"], name=name)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("organization_id", *columns, name=op.f(f"uq_{table}_organization_id_{'_'.join(columns)}"))


def downgrade() -> None:
    _refer_history(None)
    op.execute("DROP TRIGGER append_only ON scorecard_history")
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON scorecard_history FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("DROP FUNCTION refuse_change_but_with_draft()")
    op.execute("DROP TRIGGER untouched_only ON scorecards")
    op.execute("DROP FUNCTION remove_untouched_drafts_only()")
    for table in ("template_assignment_results", "template_assignments", "template_versions"):
        op.drop_table(table)
    op.drop_column("scorecards", "template_number")
    for column in ("eligibility", "retired_on", "number"):
        op.drop_column("scorecard_templates", column)
