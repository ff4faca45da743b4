"""The key files of a set-up: what signs tokens and cursors and seals secrets.

On one machine both services share a folder. Elsewhere each gets a folder of its own, without the private keys of others.
"""

import os
import shutil
from pathlib import Path

from chassis.audit.seals import AuditKeys, audit_keys
from chassis.identity import make_key_files, make_secret_file
from sightline.databases import SERVICES
from sightline.problems import BadUsage

SECRETS = ("audit.key", "cursor.key", "secrets.key")


def make_keys(folder: Path) -> Path:
    """Make what is missing: the development issuer's keys, each service's own, the secrets of cursors, the audit and what is sealed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("issuer", *SERVICES):
        make_key_files(folder, name)
    for name in SECRETS:
        make_secret_file(folder / name)
    return folder


def audit_keys_of(home: Path, service: str) -> AuditKeys:
    """The audit's keys of a service: in the folder that its `*_KEY_FOLDER` names, else in this machine's. Raises BadUsage."""
    folder = Path(os.environ.get(f"{service.upper()}_KEY_FOLDER") or home / "keys")
    try:
        return audit_keys(folder)
    except FileNotFoundError as error:
        raise BadUsage(f"There is no {error.filename}.", f"Name the key folder by {service.upper()}_KEY_FOLDER.") from error


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
