"""Rotating the keys of a set-up: what signs tokens and cursors, and what seals the secrets in the databases."""

import asyncio
import secrets
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from cryptography.fernet import InvalidToken

from chassis.audit import seals
from chassis.identity.keys import rotate_key_files, write_secret
from chassis.models import ChassisRow
from chassis.resealing import reseal, sealed_columns
from chassis.sealing import KEY_FILE, Sealer, sealer_of
from sightline.databases import SERVICES, ServiceDatabase, open_databases
from sightline.problems import BadUsage, OperatorProblem
from sightline.tokens import opened

CURSOR_KEY = "cursor.key"


class NothingFits(OperatorProblem):
    code = "no_key_fits"


def rotate_issuer(folder: Path) -> None:
    """Another key for the development issuer. Raises BadUsage."""
    _rotate_signing_key(folder, "issuer")


def rotate_services(folder: Path, services: Sequence[str]) -> None:
    """Another key for each service whose private key is in the folder. Raises BadUsage where none is."""
    present = [service for service in services if (folder / f"{service}.jwk.json").exists()]
    if not present:
        raise BadUsage(f"There is no service's key in {folder}.", "Name the folder with --folder.")
    for service in present:
        _rotate_signing_key(folder, service)


def _rotate_signing_key(folder: Path, name: str) -> None:
    try:
        rotate_key_files(folder, name)
    except FileNotFoundError as error:
        raise BadUsage(f"There is no {error.filename}.", "Name the folder with --folder.") from error


def rotate_cursor_key(folder: Path) -> None:
    """Another key for cursors. Those handed out are refused once the services have restarted, and readers start again."""
    write_secret(folder / CURSOR_KEY, secrets.token_hex(32))


def rotate_audit_key(folder: Path) -> None:
    """Another key for the seals of the audit; the former ones go on proving what they made, and are never removed. Raises BadUsage."""
    write_secret(folder / seals.KEY_FILE, "\n".join([secrets.token_hex(32), *_read_keys(folder, seals.KEY_FILE)]))


def rotate_secrets(folder: Path, home: Path, services: Sequence[str]) -> int:
    """Another key seals from now on; everything sealed is sealed anew with it, and the old keys stay for what is being written just now.

    Returns how many values. Raises BadUsage, NothingFits.
    """
    databases, keys = _owned(home, services), _read_keys(folder)
    write_secret(folder / KEY_FILE, "\n".join([secrets.token_hex(32), *keys]))
    return _reseal_all(databases, sealer_of(_read_keys(folder)))


def forget_old_secrets(folder: Path, home: Path, services: Sequence[str]) -> int:
    """Seal everything anew with the first key, see that it alone opens all of it, and remove the others.

    Returns how many values. Raises BadUsage, NothingFits.
    """
    databases, keys = _owned(home, services), _read_keys(folder)
    _reseal_all(databases, sealer_of(keys))
    count = _reseal_all(databases, sealer_of(keys[:1]))
    write_secret(folder / KEY_FILE, keys[0])
    return count


def _read_keys(folder: Path, file: str = KEY_FILE) -> list[str]:
    try:
        return (folder / file).read_text().split()
    except FileNotFoundError as error:
        raise BadUsage(f"There is no {error.filename}.", "Name the folder with --folder.") from error


def _owned(home: Path, services: Sequence[str]) -> list[ServiceDatabase]:
    """The databases of these services, whose owner is known and whose tables are current. Raises BadUsage, MigrationsMissing."""
    found = [database for database in open_databases(home) if database.service in services]
    for database in found:
        if database.owner_url is None:
            raise BadUsage(
                f"The owner of the database of {database.service} is not known.", f"Set {database.service.upper()}_OWNER_DATABASE_URL."
            )
        database.require_current()
    return found


def _reseal_all(databases: Sequence[ServiceDatabase], sealer: Sealer) -> int:
    try:
        return sum(asyncio.run(_reseal_database(database, sealer)) for database in databases)
    except InvalidToken as error:
        reason = "Something is sealed with a key that is not in the key file."
        raise NothingFits(reason, "Put the missing key back below the others.") from error


async def _reseal_database(database: ServiceDatabase, sealer: Sealer) -> int:
    columns = list(sealed_columns([ChassisRow.metadata, import_module(f"{database.service}.models").Base.metadata]))
    async with opened(database.owner_url or "") as owned:
        return sum([await reseal(owned, organization_id, columns, sealer) for organization_id in await owned.organization_ids()])


__all__ = ["SERVICES", "forget_old_secrets", "rotate_audit_key", "rotate_cursor_key", "rotate_issuer", "rotate_secrets", "rotate_services"]
