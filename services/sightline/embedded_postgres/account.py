"""Whom the server runs as: this user, or `nobody` where this user is root, since PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sightline.problems import NoPermission


@dataclass(frozen=True)
class Account:
    """A system account. `demoted` says that it is not the account of this process."""

    uid: int
    gid: int
    demoted: bool

    @classmethod
    def for_server(cls) -> Self:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), demoted=False)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise NoPermission(
                "PostgreSQL cannot run as root, and there is no account `nobody` to run it as.", "Run this as an ordinary user."
            ) from None
        return cls(nobody.pw_uid, nobody.pw_gid, demoted=True)

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account, in its own session (so Ctrl-C does not reach it), away from the working folder."""
        demotion: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.demoted else {}
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,
            **demotion,
        )

    def may_enter(self, folder: Path) -> bool:
        return self.run(["test", "-x", folder]).returncode == 0

    def may_execute(self, program: Path) -> bool:
        try:
            return self.run([program, "--version"]).returncode == 0
        except PermissionError:
            return False

    def take(self, path: Path) -> None:
        """Hand a file or folder over to this account."""
        if self.demoted:
            os.chown(path, self.uid, self.gid)


def clean_environment() -> dict[str, str]:
    """This process's environment without PostgreSQL's own variables, which would redirect its programs; messages in English."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"LC_ALL": "C"}
