"""Start everything in order, watch it, restart what dies, and stop it in order."""

import fcntl
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO
from urllib.parse import urlsplit

import httpx

from sightline.databases import SERVICES, ServiceDatabase, open_databases
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.home import make_home
from sightline.keys import make_keys
from sightline.ports import HOST
from sightline.problems import AlreadyRunning, ServiceFailed, folder_in_plain_words
from sightline.processes.program import ProcessIdentity, Program
from sightline.processes.record import Running, read_running, record_file, write_running
from sightline.processes.settings import choose_ports, environment

SECONDS_TO_GET_READY = 60
RESTARTS_PER_MINUTE = 5
Report = Callable[[str], None]


class Supervisor:
    """Owns the processes of one home: `with Supervisor(home) as supervisor` starts them and stops them at the end of the block.

    `report` is told each step in words. Raises AlreadyRunning where another supervisor has the home, and every problem of the start; then
    nothing is left running.
    """

    def __init__(self, home: Path, report: Report = lambda _: None) -> None:
        self.home = home
        self.addresses: Mapping[str, str] = {}
        self.programs: dict[str, Program] = {}
        self._report = report
        self._server: EmbeddedPostgres | None = None
        self._lock: TextIO | None = None
        self._restarts: defaultdict[str, list[float]] = defaultdict(list)
        self._since = datetime.now(UTC).isoformat(timespec="seconds")

    def __enter__(self) -> Self:
        with folder_in_plain_words(self.home):
            make_home(self.home)
            self._take_home()
            try:
                self._start()
            except BaseException:
                self.stop()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def watch(self) -> None:
        """Tend to the processes until interrupted. Raises ServiceFailed when a program dies again and again."""
        while True:
            time.sleep(1)
            self.tend()

    def tend(self) -> None:
        """Bring back what has died since the last look."""
        if self._server is not None and not self._server.is_alive():
            self._report("PostgreSQL died and is started again")
            self._server.start()
        dead = [program for program in self.programs.values() if not program.is_alive]
        for program in dead:
            self._restart(program)
        if dead:
            self._write_down()

    def stop(self) -> None:
        """Stop the programs together, then the embedded server. Repeating it is harmless."""
        for program in self.programs.values():
            program.ask_to_stop()
        for program in self.programs.values():
            program.wait_until_stopped()
        if self._server is not None:
            self._server.stop()
        if self._lock is not None:
            record_file(self.home).unlink(missing_ok=True)
            self._lock.close()

    def _take_home(self) -> None:
        lock = (self.home / "up.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise already_running(self.home) from None
        self._lock = lock
        if orphaned := read_running(self.home):
            orphaned.end_orphans()

    def _start(self) -> None:
        databases = self._open_databases()
        ports, keys = choose_ports(), make_keys(self.home / "keys")
        self.addresses = {service: f"http://{HOST}:{port}" for service, port in ports.items()}
        for service in SERVICES:
            settings = environment(service, databases, ports, keys)
            for name, arguments in ((service, (service,)), (f"{service}_worker", (service, "worker"))):
                self.programs[name] = Program(name, arguments, settings, self._fresh_log(name))
        for program in self.programs.values():
            program.start()
        self._write_down()
        for service, address in self.addresses.items():
            self._wait_until_ready(service, address)
            self._report(f"{service} answers on {address}")

    def _open_databases(self) -> list[ServiceDatabase]:
        databases = open_databases(self.home)
        if any(database.embedded for database in databases):
            self._server = EmbeddedPostgres(self.home)
        for database in databases:
            database.migrate()
            self._report(f"{database.service} has its database on {database.address}")
        return databases

    def _fresh_log(self, name: str) -> Path:
        """A new log; the one of the last start is kept beside it."""
        folder = self.home / "logs"
        folder.mkdir(exist_ok=True)
        log = folder / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        log.touch()
        return log

    def _wait_until_ready(self, service: str, address: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_GET_READY
        while not (is_ready(address) and self.programs[service].listens_on(urlsplit(address).port)):
            for name in (service, f"{service}_worker"):
                self.programs[name].require_alive()
            if time.monotonic() > deadline:
                raise ServiceFailed(f"{service} did not get ready in {SECONDS_TO_GET_READY} seconds.", f"See {self.programs[service].log}.")
            time.sleep(0.1)

    def _restart(self, program: Program) -> None:
        recent = [moment for moment in self._restarts[program.name] if moment > time.monotonic() - 60]
        if len(recent) >= RESTARTS_PER_MINUTE:
            program.require_alive()
        self._restarts[program.name] = [*recent, time.monotonic()]
        self._report(f"{program.name} died and is started again")
        program.start()

    def _write_down(self) -> None:
        programs = {name: ProcessIdentity.of(program.process.pid) for name, program in self.programs.items() if program.process}
        write_running(self.home, Running(ProcessIdentity.of(os.getpid()), self._since, self.addresses, programs))


@contextmanager
def running(home: Path, report: Report = lambda _: None) -> Iterator[Mapping[str, str]]:
    """The addresses of both services: of those that run already, else of ones started for the block."""
    record = read_running(home)
    if record is not None and record.is_alive:
        report(f"Using what runs since {record.since} (process {record.supervisor.pid})")
        yield record.addresses
    else:
        with Supervisor(home, report) as supervisor:
            yield supervisor.addresses


def is_ready(address: str) -> bool:
    """Whether a service can serve requests and has a worker that listens for jobs."""
    try:
        answer = httpx.get(f"{address}/readyz", timeout=5)
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and answer.json()["job_listener"] == "ok"


def already_running(home: Path) -> AlreadyRunning:
    record = read_running(home)
    if record is None:
        return AlreadyRunning(f"Another Sightline is starting with {home}.", "Wait a moment, then see `sightline status`.")
    where = ", ".join(f"{service} on {address}" for service, address in record.addresses.items())
    return AlreadyRunning(
        f"Sightline runs already: process {record.supervisor.pid}, since {record.since}, {where}.",
        "Use it, or stop it with `sightline down`. Another SIGHTLINE_HOME gives a second one.",
    )
