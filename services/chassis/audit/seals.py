"""The seals of the audit chain, and their keys. Anybody can compute the digests of a chain again; only who has a key can seal them.

The key file `audit.key` in the key folder holds one key a line (64 hexadecimal digits), the newest first. The newest seals; all prove, so
none is ever removed. Who owns the database does not have them, and so cannot write a chain anew.
"""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

KEY_FILE = "audit.key"


@dataclass(frozen=True)
class AuditKeys:
    """Keys, oldest first."""

    keys: tuple[bytes, ...]

    @property
    def newest(self) -> bytes:
        return self.keys[-1]

    def since(self, key: bytes) -> "AuditKeys":
        """This key and those after it."""
        return AuditKeys(self.keys[self.keys.index(key) :])


def audit_keys(key_folder: Path) -> AuditKeys:
    """The keys of a service's key folder, read again when the file was replaced. Raises FileNotFoundError, ValueError."""
    file = key_folder / KEY_FILE
    state = file.stat()
    return _read(file, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=8)
def _read(file: Path, changed: int, inode: int) -> AuditKeys:
    keys = tuple(bytes.fromhex(key) for key in reversed(file.read_text().split()))
    if not keys or any(len(key) != 32 for key in keys):
        raise ValueError(f"{file} must hold keys of 64 hexadecimal digits, one a line")
    return AuditKeys(keys)


def link_seal(key: bytes, organization_id: UUID, digest: str) -> str:
    """HMAC-SHA-256 over a link's digest, which covers its record and every link before."""
    return hmac.digest(key, f"link\n{organization_id}\n{digest}".encode(), "sha256").hex()


def head_seal(key: bytes, organization_id: UUID, number: int, digest: str) -> str:
    """HMAC-SHA-256 over the end of a chain, other than the link's, so that a shorter chain is not given out as whole."""
    return hmac.digest(key, f"head\n{organization_id}\n{number}\n{digest}".encode(), "sha256").hex()


def key_of_head(keys: AuditKeys, organization_id: UUID, number: int, digest: str, seal: str | None) -> bytes | None:
    """The key that made a head's seal, or None."""
    return next((key for key in keys.keys if hmac.compare_digest(head_seal(key, organization_id, number, digest), seal or "")), None)


def key_of_link(keys: AuditKeys, organization_id: UUID, digest: str, seal: str) -> bytes | None:
    """The key that made a link's seal, or None."""
    return next((key for key in keys.keys if hmac.compare_digest(link_seal(key, organization_id, digest), seal)), None)
