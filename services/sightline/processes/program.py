"""One program of ours as a process: `python -m kpi_api`, `python -m scoring worker` and so on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sightline.problems import ServiceFailed

SECONDS_TO_STOP = 15


@dataclass
class Program:
    """A program that may or may not be running. `name` is that of its log."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in its own session, so that Ctrl-C reaches only the supervisor, which stops everything in order."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def listens_on(self, port: int | None) -> bool:
        """Whether it is this process that answers there, and not a stranger who took the port first."""
        if self.process is None:
            return False
        with suppress(psutil.NoSuchProcess):
            connections = psutil.Process(self.process.pid).net_connections(kind="tcp")
            return any(found.status == psutil.CONN_LISTEN and found.laddr.port == port for found in connections)
        return False

    def require_alive(self) -> None:
        """Raises ServiceFailed with its last words when it has ended."""
        if not self.is_alive:
            code = self.process.returncode if self.process else None
            raise ServiceFailed(
                f"{self.name} ended with exit code {code}. Its last words:\n{last_lines(self.log)}", f"Its whole log is {self.log}."
            )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_alive:
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        """Wait for it and its children to end; what does not end in time is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and its children at once, as a crash would."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


@dataclass(frozen=True)
class ProcessIdentity:
    """A process and when it was born: a number alone may meanwhile belong to somebody else."""

    pid: int
    born: float

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        return cls(pid, psutil.Process(pid).create_time())

    @property
    def process(self) -> psutil.Process | None:
        """The living process, if it still is the same. One that ended but was not yet buried by its parent does not live."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.born) < 2 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same else None

    def end(self, seconds: float = SECONDS_TO_STOP) -> None:
        """Ask it to stop, and kill it with its children when it has not in time."""
        if self.process is None:
            return
        family = [self.process, *self.process.children(recursive=True)]
        with suppress(psutil.NoSuchProcess):
            family[0].terminate()
        deadline = time.monotonic() + seconds
        while self.process is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
