"""The server's folder: its data, passwords, port and log, and how each comes to be. Nothing here talks to a running server."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sightline.embedded_postgres.account import Account
from sightline.embedded_postgres.binaries import Binaries
from sightline.embedded_postgres.leftovers import end_leftovers
from sightline.problems import FolderUnreachable, PostgresFailed, WrongVersion, disk_full, no_permission

ADMINISTRATOR = "sightline_admin"
SPACE_FOR_A_NEW_CLUSTER = 256 * 1024 * 1024
SHARED_FOLDER = Path("/var/lib/sightline")
"""Where root's servers live when the home is closed to other accounts, as everything below /root is."""


class Cluster:
    """The files of one server, below `home`. Create it with `Cluster.below`."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder = folder
        self.account = account
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.passwords_file = folder / "passwords.json"
        self._port_file = folder / "port"

    @classmethod
    def below(cls, home: Path, account: Account) -> "Cluster":
        """Raises NoPermission, DiskFull (as OSError), FolderUnreachable."""
        home.mkdir(parents=True, exist_ok=True)
        if account.demoted and not account.may_enter(home):
            home = _folder_elsewhere(home)
        folder = home / "postgres"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if account.demoted else 0o700)
        if not account.may_enter(folder):
            raise FolderUnreachable(
                f"The account that runs PostgreSQL (user id {account.uid}) may not enter {folder}.",
                "Set SIGHTLINE_HOME to a folder that every user may enter.",
            )
        return cls(folder.resolve(), account)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one starter or stopper at a time. The lock goes with the process that holds it, however that ends."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def password(self, role: str) -> str:
        return str(self._passwords()[role])

    def _passwords(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.passwords_file.read_text()))
        except FileNotFoundError:
            raise PostgresFailed(
                f"{self.passwords_file} is gone, and with it the way into the database.",
                "Put it back, or start anew with `sightline db reset`.",
            ) from None

    @property
    def port(self) -> int | None:
        """The port of the last start: the next one takes it again where it is free."""
        return int(self._port_file.read_text()) if self._port_file.exists() else None

    @port.setter
    def port(self, port: int) -> None:
        self._port_file.write_text(str(port))

    def require_version(self, binaries: Binaries) -> None:
        major = int((self.data / "PG_VERSION").read_text().strip())
        if major != binaries.major:
            raise WrongVersion(
                f"The data in {self.data} belongs to PostgreSQL {major}, but {binaries.folder} is PostgreSQL {binaries.major}.",
                f"Set SIGHTLINE_POSTGRES_BIN to the programs of PostgreSQL {major}, or start anew with `sightline db reset`.",
            )

    def create(self, binaries: Binaries, roles: tuple[str, ...], *, durable: bool) -> None:
        """Make an empty cluster with fresh passwords for `roles`. Interrupted at any point, the next call starts over. Unless
        `durable`, it may not survive a power failure in the next seconds.
        """
        if shutil.disk_usage(self.folder).free < SPACE_FOR_A_NEW_CLUSTER:
            raise disk_full(self.folder)
        unfinished = self.folder / "data.unfinished"
        end_leftovers(unfinished)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.take(unfinished)
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMINISTRATOR, *roles)}
        self._initialise(binaries, unfinished, passwords[ADMINISTRATOR], [] if durable else ["--no-sync"])
        write_secret(self.passwords_file, json.dumps(passwords))
        unfinished.rename(self.data)

    def _initialise(self, binaries: Binaries, folder: Path, password: str, more_options: list[str]) -> None:
        password_file = self.folder / "password.unfinished"
        write_secret(password_file, password)
        self.account.take(password_file)
        # From 17 on the server brings its own UTF-8 rules and sorts alike everywhere; before, the operating system's are used.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else ["--locale=C.UTF-8"]
        options = [
            "--encoding=UTF8",
            "--auth=scram-sha-256",
            "--data-checksums",
            f"--username={ADMINISTRATOR}",
            f"--pwfile={password_file}",
        ]
        answer = self.account.run([binaries.program("initdb"), "--pgdata", folder, *locale, *options, *more_options])
        password_file.unlink()
        if answer.returncode != 0:
            raise self.failure(answer.stdout + answer.stderr)

    def failure(self, output: str) -> Exception:
        """What PostgreSQL's own words mean."""
        if "No space left on device" in output:
            return disk_full(self.folder)
        if "Permission denied" in output:
            return no_permission(self.folder)
        return PostgresFailed(
            f"PostgreSQL did not start: {output.strip()[-1500:]}", f"Its log is {self.log}. `sightline db reset` starts anew."
        )

    def open_log(self) -> int:
        """Make sure that the server can write its log; returns where the next entries start."""
        self.log.touch(mode=0o600)
        self.account.take(self.log)
        return self.log.stat().st_size

    def remove(self) -> None:
        """Forget everything: data, passwords, port. The server must have stopped; the caller holds the lock, whose file stays."""
        shutil.rmtree(self.data, ignore_errors=True)
        for file in (self.passwords_file, self._port_file, self.log):
            file.unlink(missing_ok=True)


def _folder_elsewhere(home: Path) -> Path:
    """The folder that stands in for a home closed to others. The home remembers it, so that a new home in the same place gets a new one."""
    note = home / "postgres-folder"
    if not note.exists():
        proposal = home / f"postgres-folder.{secrets.token_hex(4)}"
        proposal.write_text(str(SHARED_FOLDER / secrets.token_hex(6)))
        with suppress(FileExistsError):
            note.hardlink_to(proposal)
        proposal.unlink()
    folder = Path(note.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
