"""Sprints and closing days of calendars; windows that begin with an event; how milestones may be late and are evidenced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.row_security import secure_tables

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ["sprints", "window_events", "milestone_records"]


def upgrade() -> None:
    _widen_calendars()
    _create_sprints()
    _create_window_events()
    _widen_kpis()
    _widen_targets()
    _create_milestone_records()
    for statement in secure_tables(TABLES):
        op.execute(statement)


def _widen_calendars() -> None:
    added = {
        "time_zone": sa.Column("time_zone", sa.Text(), nullable=False, server_default="UTC"),
        "fiscal_year_start_day": sa.Column("fiscal_year_start_day", sa.BigInteger(), nullable=False, server_default="1"),
        "closes_after_working_days": sa.Column("closes_after_working_days", sa.BigInteger(), nullable=False, server_default="0"),
        "closing_days": sa.Column("closing_days", postgresql.JSONB(), nullable=False, server_default="{}"),
    }
    for name, column in added.items():
        op.add_column("calendars", column)
        op.alter_column("calendars", name, server_default=None)
    op.create_check_constraint(op.f("ck_calendars_day"), "calendars", "fiscal_year_start_day BETWEEN 1 AND 28")
    op.create_check_constraint(op.f("ck_calendars_closes"), "calendars", "closes_after_working_days BETWEEN 0 AND 31")


def _create_sprints() -> None:
    op.create_table(
        "sprints",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_sprints_dates_in_order")),
        # Two sprints of one calendar never overlap, whoever adds them and when.
        postgresql.ExcludeConstraint(
            (sa.column("organization_id"), "="),
            (sa.column("calendar_id"), "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_sprints_overlap",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "calendar_id"],
            ["calendars.organization_id", "calendars.id"],
            name=op.f("fk_sprints_organization_id_calendar_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_sprints")),
    )


def _create_window_events() -> None:
    op.create_table(
        "window_events",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_window_events")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_window_events_organization_id_code")),
    )


def _widen_kpis() -> None:
    op.add_column("kpis", sa.Column("calendar_id", sa.Uuid(), nullable=True))
    op.add_column("kpis", sa.Column("window_event", sa.Text(), nullable=True))
    op.add_column("kpis", sa.Column("window_event_id", sa.Uuid(), nullable=True))
    op.add_column("kpis", sa.Column("window_days", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_kpis_waiting"), "kpis", "status <> 'waiting' OR (window_event IS NOT NULL AND window_days IS NOT NULL)"
    )
    for column, table in (("calendar_id", "calendars"), ("window_event_id", "window_events")):
        name = op.f(f"fk_kpis_organization_id_{column}")
        op.create_foreign_key(name, "kpis", table, ["organization_id", column], ["organization_id", "id"])
    op.create_index(
        "ix_kpis_window_event",
        "kpis",
        ["organization_id", "window_event_id"],
        postgresql_where=sa.text("window_event_id IS NOT NULL"),
    )


def _widen_targets() -> None:
    op.add_column("kpi_targets", sa.Column("counted_from", sa.Text(), nullable=True))
    op.add_column("kpi_targets", sa.Column("due_quarter", sa.BigInteger(), nullable=True))
    op.add_column("kpi_targets", sa.Column("due_month", sa.BigInteger(), nullable=True))
    op.add_column("kpi_targets", sa.Column("lateness", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("kpi_targets", sa.Column("evidence_required", sa.Boolean(), nullable=False, server_default=sa.text("false")))


def _create_milestone_records() -> None:
    op.create_table(
        "milestone_records",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("evidence_link", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "kpi_id"], ["kpis.organization_id", "kpis.id"], name=op.f("fk_milestone_records_organization_id_kpi_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_milestone_records")),
    )
    op.create_index("ix_milestone_records_kpi", "milestone_records", ["organization_id", "kpi_id"])


def downgrade() -> None:
    op.drop_table("milestone_records")
    for column in ("evidence_required", "lateness", "due_month", "due_quarter", "counted_from"):
        op.drop_column("kpi_targets", column)
    op.drop_index("ix_kpis_window_event", "kpis")
    for column in ("calendar_id", "window_event_id"):
        op.drop_constraint(f"fk_kpis_organization_id_{column}", "kpis")
    op.drop_constraint("ck_kpis_waiting", "kpis")
    for column in ("window_days", "window_event_id", "window_event", "calendar_id"):
        op.drop_column("kpis", column)
    op.drop_table("window_events")
    op.drop_table("sprints")
    for constraint in ("closes", "day"):
        op.drop_constraint(f"ck_calendars_{constraint}", "calendars")
    for column in ("closing_days", "closes_after_working_days", "fiscal_year_start_day", "time_zone"):
        op.drop_column("calendars", column)
