"""The digests of the audit chain, and their keys.

The key file `audit.key` in the key folder holds one key a line (64 hexadecimal digits), the newest first. The newest makes digests; all
prove them, so none is ever removed. Who owns the database does not have them, and so cannot write a chain anew.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.audit.records import record_body

KEY_FILE = "audit.key"
PLAIN, KEYED = 1, 2
"""The versions of a link's digest: SHA-256, and HMAC-SHA-256, which every chain begun since then has from its first link."""


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


def plain_digest(previous: str, record: Any) -> str:
    """SHA-256 over the digest before and the record's canonical JSON."""
    return hashlib.sha256(previous.encode() + b"\n" + record_body(record)).hexdigest()


def keyed_digest(key: bytes, organization_id: UUID, previous: str, record: Any) -> str:
    """HMAC-SHA-256 over the organization, the digest before and the record's canonical JSON."""
    return hmac.digest(key, f"link\n{organization_id}\n{previous}\n".encode() + record_body(record), "sha256").hex()


def head_seal(key: bytes, organization_id: UUID, number: int, digest: str) -> str:
    """HMAC-SHA-256 of the end of a chain, so that a shorter one is not given out as whole."""
    return hmac.digest(key, f"head\n{organization_id}\n{number}\n{digest}".encode(), "sha256").hex()


def seal_fits(keys: AuditKeys, organization_id: UUID, number: int, digest: str, seal: str | None) -> bool:
    """Whether one of the keys made this seal."""
    return seal is not None and any(hmac.compare_digest(head_seal(key, organization_id, number, digest), seal) for key in keys.keys)
