"""Row-level security: the net under every query.

Each table of an organization gets one policy: a row is visible and writable only while the transaction's organization is its own.
No setting, no rows. The exceptions are the tables in `EXEMPT_TABLES`, which carry ids only.
"""

from collections.abc import Iterable

SETTING = "sightline.organization_id"

EXEMPT_TABLES = {
    "unsequenced": "queue of committed events and audit records that have no number yet: ids only, read before the organization is known",
    "organizations": "the list of organization ids: read to open a transaction, no other column",
    "workers": "worker processes and when they were last seen",
    "pgqueuer": "job queue: the payload holds ids only",
    "pgqueuer_log": "job log: states of jobs",
    "pgqueuer_schedules": "job schedules",
    "pgqueuer_statistics": "job counts",
    "alembic_version": "the migration head",
}

CURRENT_ORGANIZATION = f"nullif(current_setting('{SETTING}', true), '')::uuid"


def secure_table(table: str) -> list[str]:
    """Statements that force the organization policy on `table`."""
    rule = f"organization_id = (SELECT {CURRENT_ORGANIZATION})"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY organization ON {table} USING ({rule}) WITH CHECK ({rule})",
    ]


def append_only(table: str) -> list[str]:
    """Statements that make `table` refuse UPDATE and DELETE, whoever asks."""
    return [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def secure_tables(tables: Iterable[str]) -> list[str]:
    return [statement for table in tables for statement in secure_table(table)]
