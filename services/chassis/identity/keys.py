"""Key files: private keys and secrets of ours, and sets of public keys (JWKS, RFC 7517).

Private keys and secrets are plain files of mode 0600 in a folder of mode 0700: sealing them with a key that lies beside them would protect
nothing. Keep the folder on an encrypted volume or mount it from a secret store. Each file is replaced as a whole, never half-written.
"""

import json
import secrets
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key, OKPKey, import_key

MAX_KEYS = 50
KEPT_PUBLIC_KEYS = 2


def load_private_key(path: Path) -> Key:
    """An Ed25519 private key (JWK) from a file, read again once the file was replaced: a rotation needs no restart."""
    state = path.stat()
    return _read_private_key(path, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=8)
def _read_private_key(path: Path, changed: int, inode: int) -> Key:
    return import_key(json.loads(path.read_text()), "OKP")


def make_key_files(folder: Path, name: str) -> None:
    """Write `{name}.jwk.json` (private, mode 0600) and `{name}.jwks.json` (public) unless they exist."""
    private, public = _key_files(folder, name)
    if not (private.exists() and public.exists()):
        _write_key_files(folder, name, [])


def rotate_key_files(folder: Path, name: str) -> None:
    """A new key signs from now on; what the one before has signed is believed until the next rotation. Raises FileNotFoundError."""
    _, public = _key_files(folder, name)
    _write_key_files(folder, name, json.loads(public.read_text())["keys"][: KEPT_PUBLIC_KEYS - 1])


def make_secret_file(path: Path) -> None:
    """Write a 256-bit random secret (hex, mode 0600) unless it exists."""
    if not path.exists():
        write_secret(path, secrets.token_hex(32))


def write_secret(path: Path, content: str) -> None:
    """Replace a file of mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.chmod(0o600)
    new.write_text(content)
    new.replace(path)


def _key_files(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.jwk.json", folder / f"{name}.jwks.json"


def _write_key_files(folder: Path, name: str, former: list[dict[str, Any]]) -> None:
    """The public keys first: whoever believes them knows the new one before anything is signed with it."""
    private, public = _key_files(folder, name)
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8)}, auto_kid=False)
    folder.mkdir(parents=True, exist_ok=True)
    new = public.with_name(f"{public.name}.new")
    new.write_text(json.dumps({"keys": [key.as_dict(private=False), *former]}))
    new.replace(public)
    write_secret(private, json.dumps(key.as_dict(private=True)))


def read_public_keys(document: str | bytes) -> dict[str, Key]:
    """The keys of a JWKS that may prove a signature, by `kid`. Raises ValueError for what is no JWKS.

    Left out: what has no `kid`, symmetric and private keys, keys for encryption, RSA below 2048 bits, and all after the fiftieth.
    """
    content = json.loads(document)
    if not isinstance(content, dict) or not isinstance(content.get("keys"), list):
        raise ValueError("this is no JWKS: it lacks a list `keys`")
    found: dict[str, Key] = {}
    for entry in content["keys"][:MAX_KEYS]:
        if _may_prove(entry) and (key := _read(entry)):
            found.setdefault(entry["kid"], key)
    return found


def _may_prove(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("kid"), str)
        and entry.get("kty") in {"OKP", "EC", "RSA"}
        and entry.get("use", "sig") == "sig"
        and "d" not in entry
    )


def _read(entry: Mapping[str, Any]) -> Key | None:
    """The key, or None for one that is broken, or so weak that the library warns of it (RSA below 2048 bits)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)
            return import_key(dict(entry))
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError):
        return None
