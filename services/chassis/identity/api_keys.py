"""API keys of integrations, `sl_<id>_<secret>_<checksum>`: rows, making one, the look-up that must work before the organization is known.

The secret has 256 random bits, so only its SHA-256 is kept: a slow hash would protect nothing. The look-up goes through the function
`find_api_key` (SECURITY DEFINER), which answers for one id only, and is made on each request: a revoked key ends at once everywhere. A
checksum that does not fit is refused without it, so that mistyped keys, cut ones and guesses cost nothing; it is no secret. Keys from
before there were checksums have none and are looked up.
"""

import hashlib
import hmac
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from chassis.clock import real_now
from chassis.database import Database, WriteSession
from chassis.identifiers import new_id
from chassis.identity.principal import Principal
from chassis.problems import Unauthenticated
from chassis.rows import ChassisRow, OrganizationRow

PREFIX = "sl"
USE_NOTED_EVERY = timedelta(minutes=1)
FIND = text("SELECT * FROM find_api_key(:id)")
NOTE_USE = text(
    """
    UPDATE api_keys SET last_used_at = :now WHERE organization_id = :organization_id AND id IN (
      SELECT id FROM api_keys WHERE organization_id = :organization_id AND id = :id
        AND (last_used_at IS NULL OR last_used_at < :before) FOR UPDATE SKIP LOCKED)
    """
)


class ApiKey(OrganizationRow, ChassisRow):
    """A hashed key; `scopes` are names of granted roles, such as `integration` or `payroll`. All times are real time.

    It is live once approved, until it expires or is revoked. While it is being rotated, `previous_digest` holds until `previous_until`.
    `changed_at` is when it was last made, approved, rotated or revoked; `told_at` is when the sibling service learned of that.
    """

    __tablename__ = "api_keys"

    name: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    previous_digest: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    def has_ended(self, now: datetime) -> bool:
        """Whether it is revoked or expired."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


@dataclass(frozen=True)
class NewApiKey:
    """A key just made or rotated: its `text` is shown once and kept nowhere."""

    row: ApiKey
    text: str


async def create_api_key(
    session: WriteSession,
    *,
    name: str,
    scopes: Sequence[str],
    created_by: str,
    expires_at: datetime | None = None,
    needs_approval: bool = False,
) -> NewApiKey:
    """Make and store a key; one that needs approval opens nothing before it."""
    secret, now = _make_secret(), real_now()
    row = ApiKey(
        id=new_id(),
        name=name,
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        created_by=created_by,
        created_at=now,
        changed_at=now,
        expires_at=expires_at,
        approved_by=None if needs_approval else created_by,
        approved_at=None if needs_approval else now,
    )
    session.add(row)
    await session.flush()
    return _shown_once(row, secret)


def rotate_api_key(row: ApiKey, overlap: timedelta) -> NewApiKey:
    """Give the key another secret; the one before holds for `overlap` longer, the one before that no more."""
    secret, now = _make_secret(), real_now()
    row.previous_digest, row.previous_until = row.digest, now + overlap
    row.digest = _digest(secret)
    note_change(row)
    return _shown_once(row, secret)


def note_change(row: ApiKey) -> None:
    """The key's state is new, and the sibling service does not know it yet."""
    row.changed_at, row.told_at = real_now(), None


def _shown_once(row: ApiKey, secret: str) -> NewApiKey:
    text = f"{PREFIX}_{row.id.hex}_{secret}"
    return NewApiKey(row, f"{text}_{_checksum(text)}")


def _make_secret() -> str:
    return secrets.token_urlsafe(32).replace("_", "-")


async def principal_of_api_key(database: Database, key: str) -> Principal:
    """The principal of a live key. Raises Unauthenticated for an unknown, wrong, expired, revoked or unapproved one, in the same words."""
    key_id, secret = _split(key)
    async with database.engine.connect() as connection:  # nosemgrep: connection-outside-a-transaction - the organization is not known yet
        rows = (await connection.execute(FIND, {"id": key_id})).all()
    found = next((row for row in rows if _proves(row, _digest(secret))), None)
    if found is None:
        raise Unauthenticated()
    await _note_use(database, found.organization_id, key_id, found.last_used_at)
    return Principal("key", found.organization_id, f"key:{key_id}", scopes=frozenset(found.scopes))


def _split(key: str) -> tuple[UUID, str]:
    """Key id and secret. Raises Unauthenticated when the form or the checksum is wrong."""
    try:
        prefix, key_id, secret, *checksum = key.split("_", 3)
        if prefix != PREFIX or checksum not in ([], [_checksum(f"{prefix}_{key_id}_{secret}")]):
            raise ValueError
        return UUID(hex=key_id), secret
    except ValueError:
        raise Unauthenticated() from None


def _checksum(text: str) -> str:
    return format(zlib.crc32(text.encode()), "08x")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _proves(row: Row[Any], digest: str) -> bool:
    """Whether a stored key is live and this is the digest of its secret, or of the one before while that holds."""
    now = real_now()
    is_new = hmac.compare_digest(digest, row.digest)
    is_previous = hmac.compare_digest(digest, row.previous_digest or "") and row.previous_until > now
    is_live = row.approved_at is not None and row.revoked_at is None and (row.expires_at is None or row.expires_at > now)
    return (is_new or is_previous) and is_live


async def _note_use(database: Database, organization_id: UUID, key_id: UUID, last: datetime | None) -> None:
    """Write down that the key is used: once a minute at most, apart from the request's transaction, waiting for nobody."""
    now = real_now()
    if last is None or last < now - USE_NOTED_EVERY:
        async with database.write(organization_id) as session:
            keys = {"organization_id": organization_id, "id": key_id, "now": now, "before": now - USE_NOTED_EVERY}
            await session.execute(NOTE_USE, keys)
