"""The chassis's first tables, the same in both histories: organizations, clock, events, audit, keys, idempotency, webhooks, jobs."""

import sqlalchemy as sa
from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from chassis.row_security import REFUSE_CHANGE, append_only, secure_table

OPEN_TRANSACTION = """
CREATE FUNCTION open_transaction(opened uuid) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('sightline.organization_id', opened::text, true);
  RETURN (SELECT offset_microseconds FROM clock_offsets WHERE organization_id = opened);
END $$
"""

FIND_API_KEY = """
CREATE FUNCTION find_api_key(wanted uuid)
RETURNS TABLE (organization_id uuid, digest text, scopes text[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT k.organization_id, k.digest, k.scopes, k.expires_at, k.revoked_at FROM api_keys k WHERE k.id = wanted
$$
"""

SECURED = ["clock_offsets", "events", "event_numbers", "audit_records", "audit_links", "api_keys", "idempotency_records"]
WEBHOOK_TABLES = ["webhook_endpoints", "webhook_secrets", "webhook_deliveries"]
APPEND_ONLY = ["events", "event_numbers", "audit_records", "audit_links"]


def upgrade() -> None:
    op.create_table("organizations", _uuid("id", primary_key=True))
    op.create_table("workers", _uuid("id", primary_key=True), _moment("seen_at"))
    op.create_table(
        "clock_offsets", _uuid("organization_id", primary_key=True), sa.Column("offset_microseconds", sa.BigInteger, nullable=False)
    )
    op.create_table(
        "unsequenced",
        _uuid("organization_id", primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        _uuid("id", primary_key=True),
    )
    op.create_table("events", *_key(), _text("type"), _text("subject_type"), _uuid("subject_id"), _json("data"), _moment("occurred_at"))
    op.create_table("event_numbers", *_key(), sa.Column("number", sa.BigInteger, nullable=False))
    op.create_index("uq_event_numbers_number", "event_numbers", ["organization_id", "number"], unique=True)
    op.create_table(
        "audit_records",
        *_key(),
        _text("actor"), _text("action"), _text("subject_type"), _uuid("subject_id"), _json("facts"), _moment("occurred_at"),
    )  # fmt: skip
    op.create_index("ix_audit_records_subject", "audit_records", ["organization_id", "subject_type", "subject_id"])
    op.create_table("audit_links", *_key(), sa.Column("number", sa.BigInteger, nullable=False), _text("digest"), _text("previous_digest"))
    op.create_index("uq_audit_links_number", "audit_links", ["organization_id", "number"], unique=True)
    op.create_table(
        "api_keys",
        *_key(),
        _text("name"), _text("digest"), sa.Column("scopes", ARRAY(sa.Text), nullable=False), _text("created_by"), _moment("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True)), sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    op.create_table(
        "idempotency_records",
        _uuid("organization_id", primary_key=True),
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("fingerprint"), _moment("created_at"),
        sa.Column("status", sa.BigInteger), sa.Column("headers", JSONB), sa.Column("body", sa.LargeBinary),
    )  # fmt: skip
    _create_webhook_tables()
    for statement in [REFUSE_CHANGE, OPEN_TRANSACTION, FIND_API_KEY]:
        op.execute(statement)
    for table in [*SECURED, *WEBHOOK_TABLES]:
        for statement in secure_table(table):
            op.execute(statement)
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)
    op.execute("CREATE POLICY look_up ON api_keys FOR SELECT TO CURRENT_USER USING (true)")
    for statement in _split(QueryBuilderEnvironment().build_install_query()):
        op.execute(statement)


def downgrade() -> None:
    for statement in _split(QueryBuilderEnvironment().build_uninstall_query()):
        op.execute(statement)
    for function in ["find_api_key(uuid)", "open_transaction(uuid)"]:
        op.execute(f"DROP FUNCTION {function}")
    for table in [*reversed(WEBHOOK_TABLES), *reversed(SECURED), "unsequenced", "workers", "organizations"]:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")


def _create_webhook_tables() -> None:
    op.create_table(
        "webhook_endpoints",
        *_key(),
        _text("url"), _text("description"), sa.Column("event_types", ARRAY(sa.Text), nullable=False),
        _text("created_by"), _moment("created_at"), _moment("disabled_at", nullable=True), _moment("failing_since", nullable=True),
        sa.Column("version", sa.BigInteger, nullable=False),
    )  # fmt: skip
    to_endpoint = {
        "columns": ["organization_id", "endpoint_id"],
        "refcolumns": ["webhook_endpoints.organization_id", "webhook_endpoints.id"],
    }
    op.create_table(
        "webhook_secrets",
        *_key(),
        _uuid("endpoint_id"), sa.Column("sealed", sa.LargeBinary, nullable=False),
        _moment("created_at"), _moment("expires_at", nullable=True),
        sa.ForeignKeyConstraint(**to_endpoint, ondelete="CASCADE", name="fk_webhook_secrets_organization_id_endpoint_id"),
    )  # fmt: skip
    op.create_index("ix_webhook_secrets_endpoint", "webhook_secrets", ["organization_id", "endpoint_id"])
    op.create_table(
        "webhook_deliveries",
        *_key(),
        _uuid("endpoint_id"), _uuid("event_id"), _text("event_type"), _uuid("subject_id"),
        sa.Column("number", sa.BigInteger, nullable=False),
        _text("status"), sa.Column("attempts", sa.BigInteger, nullable=False), _moment("created_at"),
        _moment("next_attempt_at", nullable=True), _moment("delivered_at", nullable=True),
        sa.Column("last_status", sa.BigInteger), sa.Column("last_error", sa.Text),
        sa.ForeignKeyConstraint(**to_endpoint, ondelete="CASCADE", name="fk_webhook_deliveries_organization_id_endpoint_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "event_id"],
            ["events.organization_id", "events.id"],
            name="fk_webhook_deliveries_organization_id_event_id",
        ),
        sa.UniqueConstraint(
            "organization_id", "endpoint_id", "event_id", name="uq_webhook_deliveries_organization_id_endpoint_id_event_id"
        ),
    )  # fmt: skip
    op.create_index(
        "ix_webhook_deliveries_pending",
        "webhook_deliveries",
        ["organization_id", "endpoint_id", "subject_id", "number"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def _uuid(name: str, primary_key: bool = False) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), primary_key=primary_key, nullable=False)


def _key() -> list[sa.Column[object]]:
    return [_uuid("organization_id", primary_key=True), _uuid("id", primary_key=True)]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _split(script: str) -> list[str]:
    """The statements of a script; a function body between $$ stays whole (asyncpg prepares one statement at a time)."""
    statements, current, inside = [], "", False
    for line in script.splitlines():
        inside ^= line.count("$$") % 2 == 1
        current += line + "\n"
        if not inside and line.rstrip().endswith(";"):
            statements.append(current)
            current = ""
    return [statement for statement in statements if statement.strip()]
