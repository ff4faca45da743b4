"""Rotation, approval and use of API keys, the same in both histories.

Columns are filled by their defaults: under row-level security an UPDATE would see no rows.
"""

import sqlalchemy as sa
from alembic import op

FIND_API_KEY = """
CREATE FUNCTION find_api_key(wanted uuid)
RETURNS TABLE (organization_id uuid, digest text, scopes text[], expires_at timestamptz, revoked_at timestamptz, approved_at timestamptz,
  previous_digest text, previous_until timestamptz, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT k.organization_id, k.digest, k.scopes, k.expires_at, k.revoked_at, k.approved_at, k.previous_digest, k.previous_until,
    k.last_used_at
  FROM api_keys k WHERE k.id = wanted
$$
"""

FIND_API_KEY_BEFORE = """
CREATE FUNCTION find_api_key(wanted uuid)
RETURNS TABLE (organization_id uuid, digest text, scopes text[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT k.organization_id, k.digest, k.scopes, k.expires_at, k.revoked_at FROM api_keys k WHERE k.id = wanted
$$
"""

MOMENTS = ["approved_at", "changed_at", "previous_until", "last_used_at", "told_at"]
TEXTS = ["approved_by", "previous_digest"]
FILLED = {"approved_at": "now()", "changed_at": "now()", "approved_by": "'operator'"}


def upgrade() -> None:
    for name in MOMENTS:
        _add(name, sa.DateTime(timezone=True))
    for name in TEXTS:
        _add(name, sa.Text())
    for name in FILLED:
        op.alter_column("api_keys", name, server_default=None)
    _replace_look_up(FIND_API_KEY)


def downgrade() -> None:
    _replace_look_up(FIND_API_KEY_BEFORE)
    for name in [*MOMENTS, *TEXTS]:
        op.drop_column("api_keys", name)


def _add(name: str, kind: sa.types.TypeEngine[object]) -> None:
    filled = FILLED.get(name)
    op.add_column(
        "api_keys", sa.Column(name, kind, nullable=name != "changed_at", server_default=sa.text(filled) if filled else None)
    )


def _replace_look_up(function: str) -> None:
    op.execute("DROP FUNCTION find_api_key(uuid)")
    op.execute(function)
