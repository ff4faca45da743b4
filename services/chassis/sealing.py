"""Secrets that must be read again, such as a webhook's signing secret, encrypted at rest (Fernet: AES-128-CBC with HMAC-SHA-256).

The key file `secrets.key` in the key folder holds one key a line (64 hexadecimal digits). The first one seals; every one unseals, so a new
key is put above the old ones, and an old one is removed when nothing is sealed with it any more.
"""

from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

KEY_FILE = "secrets.key"


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


@cache
def sealer(key_folder: Path) -> Sealer:
    """The sealer of a service's key folder; made once per process. Raises FileNotFoundError, ValueError for a malformed key."""
    lines = (key_folder / KEY_FILE).read_text().split()
    return Sealer(MultiFernet([Fernet(urlsafe_b64encode(bytes.fromhex(line))) for line in lines]))
