"""API keys of integrations: rows, making one, and the look-up that must work before the organization is known.

The look-up goes through the function `find_api_key` (SECURITY DEFINER), which answers for one id only.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from chassis.clock import real_now
from chassis.database import Database, WriteSession
from chassis.identifiers import new_id
from chassis.identity import NewApiKey, Principal, make_api_key, secret_matches, split_api_key
from chassis.problems import Unauthenticated
from chassis.rows import ChassisRow, OrganizationRow


class ApiKey(OrganizationRow, ChassisRow):
    """A hashed key with scopes; `scopes` are names of granted roles, such as `integration` or `payroll`."""

    __tablename__ = "api_keys"

    name: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


async def create_api_key(
    session: WriteSession, *, name: str, scopes: Sequence[str], created_by: str, expires_at: datetime | None = None
) -> NewApiKey:
    """Make and store a key. Its text is returned once and kept nowhere."""
    key = make_api_key(new_id())
    session.add(
        ApiKey(
            id=key.id,
            name=name,
            digest=key.digest,
            scopes=sorted(scopes),
            created_by=created_by,
            created_at=session.now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return key


async def principal_of_api_key(database: Database, key: str) -> Principal:
    """The principal of a live key. Raises Unauthenticated for an unknown, wrong, expired or revoked one, in the same words."""
    key_id, secret = split_api_key(key)
    async with database.engine.connect() as connection:
        found = (await connection.execute(text("SELECT * FROM find_api_key(:id)"), {"id": key_id})).one_or_none()
    if (
        found is None
        or not secret_matches(secret, found.digest)
        or found.revoked_at
        or (found.expires_at and found.expires_at <= real_now())
    ):
        raise Unauthenticated()
    return Principal(kind="key", organization_id=found.organization_id, subject=f"key:{key_id}", scopes=frozenset(found.scopes))
