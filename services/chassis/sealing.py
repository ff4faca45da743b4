"""Secrets that must be read again, such as a webhook's signing secret, encrypted at rest (Fernet: AES-128-CBC with HMAC-SHA-256).

The key file `secrets.key` in the key folder holds one key a line (64 hexadecimal digits). The first one seals; every one unseals, so a new
key is put above the old ones, and an old one is removed when nothing is sealed with it any more (`chassis.resealing`).
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet, MultiFernet

KEY_FILE = "secrets.key"
SEALED: Final[dict[str, Any]] = {"sealed": True}  # `info` of each column that holds something sealed, so that rotation finds it


class Sealer:
    """Seals text or bytes into bytes for the database, and back. What was changed, or no key fits, raises InvalidToken."""

    def __init__(self, keys: MultiFernet) -> None:
        self._keys = keys

    def seal(self, text: str) -> bytes:
        return self._keys.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        return self._keys.decrypt(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        return self._keys.encrypt(content)

    def unseal_bytes(self, sealed: bytes) -> bytes:
        return self._keys.decrypt(sealed)

    def reseal(self, sealed: bytes) -> bytes:
        """The same content sealed with the first key."""
        return self._keys.rotate(sealed)


def sealer(key_folder: Path) -> Sealer:
    """The sealer of a service's key folder, made again when its file was replaced: a rotation needs no restart.

    Raises FileNotFoundError, ValueError for a malformed key.
    """
    file = key_folder / KEY_FILE
    state = file.stat()
    return _read(file, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=8)
def _read(file: Path, changed: int, inode: int) -> Sealer:
    return sealer_of(file.read_text().split())


def sealer_of(keys: list[str]) -> Sealer:
    """The sealer of these keys, the first of which seals. Raises ValueError for a malformed one."""
    return Sealer(MultiFernet([Fernet(urlsafe_b64encode(bytes.fromhex(key))) for key in keys]))
