"""Record ids: UUIDv7 made here, so that they sort by creation and need no server-side generator (PostgreSQL 15 has none)."""

from uuid import UUID

from uuid_utils import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return UUID(int=uuid7().int)


def new_id_text() -> str:
    """A fresh UUIDv7 as text, for those who need very many and never take them apart."""
    return str(uuid7())
