"""The key files of a set-up: what signs tokens and cursors and seals secrets.

On one machine both services share a folder. Elsewhere each gets a folder of its own, without the private keys of others.
"""

import shutil
from pathlib import Path

from chassis.identity import make_key_files, make_secret_file
from sightline.databases import SERVICES

SECRETS = ("cursor.key", "secrets.key")


def make_keys(folder: Path) -> Path:
    """Make what is missing: the development issuer's keys, each service's own, the secrets of cursors and of what is stored sealed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("issuer", *SERVICES):
        make_key_files(folder, name)
    for name in SECRETS:
        make_secret_file(folder / name)
    return folder


def hand_out_keys(keys: Path, folder: Path, *, replace: bool = False) -> list[Path]:
    """Give each service its own folder below `folder`: its private key, everybody's public keys, own secrets.

    Nothing is overwritten; `replace` copies signing keys and key sets anew, never secrets, which are each folder's own.
    """
    return [_hand_out(keys, folder / service, service, replace) for service in SERVICES]


def _hand_out(keys: Path, folder: Path, service: str, replace: bool) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for original in (*keys.glob("*.jwks.json"), keys / f"{service}.jwk.json"):
        if replace or not (folder / original.name).exists():
            shutil.copy2(original, folder / original.name)
    for name in SECRETS:
        make_secret_file(folder / name)
    return folder
