"""What can go wrong on the operator's machine: each problem has a stable code, says what happened, and what to do next."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar


class OperatorProblem(Exception):
    """A failure in words for a person. `code` is stable, `exit_code` is what the command ends with (see `sightline --help`)."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}"


class BadUsage(OperatorProblem):
    code = "bad_usage"
    exit_code = 2


class ImportFailed(OperatorProblem):
    code = "import_failed"


class PortTaken(OperatorProblem):
    code = "port_taken"
    exit_code = 3


class AlreadyRunning(OperatorProblem):
    code = "already_running"
    exit_code = 3


class NotRunning(OperatorProblem):
    code = "not_running"
    exit_code = 3


class NoPermission(OperatorProblem):
    code = "no_permission"
    exit_code = 4


class FolderUnreachable(OperatorProblem):
    code = "folder_unreachable"
    exit_code = 4


class DiskFull(OperatorProblem):
    code = "disk_full"
    exit_code = 4


class BinariesMissing(OperatorProblem):
    code = "postgres_missing"
    exit_code = 5


class WrongVersion(OperatorProblem):
    code = "postgres_wrong_version"
    exit_code = 5


class PostgresUnreachable(OperatorProblem):
    code = "postgres_unreachable"
    exit_code = 5


class PostgresFailed(OperatorProblem):
    code = "postgres_failed"
    exit_code = 5


class MigrationsMissing(OperatorProblem):
    code = "migrations_missing"
    exit_code = 6


class MigrationsAhead(OperatorProblem):
    code = "migrations_ahead"
    exit_code = 6


class ServiceFailed(OperatorProblem):
    code = "service_failed"
    exit_code = 7


@contextmanager
def folder_in_plain_words(folder: Path) -> Iterator[None]:
    """Turn what the operating system says about writing below `folder` into DiskFull or NoPermission."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(folder) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise no_permission(Path(error.filename or folder)) from error
        raise


def disk_full(folder: Path) -> DiskFull:
    return DiskFull(f"No space is left for {folder}.", "Free some space, or point SIGHTLINE_HOME at a folder on another disk.")


def no_permission(path: Path) -> NoPermission:
    return NoPermission(
        f"{path} may not be read or written by this user.", "Give this user the right to it, or set SIGHTLINE_HOME to another folder."
    )
