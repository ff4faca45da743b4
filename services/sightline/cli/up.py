"""`sightline up` and `sightline down`: start and stop the database, both services and their workers."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from sightline.cli.terminal import AsJson, show_json, show_step, show_table
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.home import home_folder
from sightline.problems import NotRunning, ServiceFailed
from sightline.processes import Supervisor, already_running, is_ready, read_running
from sightline.processes.program import last_lines

SECONDS_TO_DETACH = 180
SECONDS_TO_STOP = 90


def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return once everything answers, and leave it running.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start everything on this machine and stay up until Ctrl-C.

    Examples: `sightline up`, `sightline up --detach`, `KPI_API_PORT=9000 sightline up`.
    """
    home = home_folder()
    if detach:
        show_addresses(_start_detached(home), as_json=as_json)
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt_once)
    with Supervisor(home, show_step) as supervisor:
        show_addresses(supervisor.addresses, as_json=as_json)
        show_step("Ctrl-C stops it")
        with suppress(KeyboardInterrupt):
            supervisor.watch()
        show_step("Stopping")


def down() -> None:
    """Stop what `sightline up` started, and the embedded PostgreSQL.

    Example: `sightline down`.
    """
    home = home_folder()
    record = read_running(home)
    server = EmbeddedPostgres(home) if home.exists() else None
    if record is None and not (server and server.is_alive()):
        raise NotRunning(f"Nothing runs with {home}.", "Start it with `sightline up`.")
    if record is not None:
        record.supervisor.end(SECONDS_TO_STOP)
        record.end_orphans()
    if server is not None:
        server.stop()
    show_step("Stopped")


def show_addresses(addresses: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        show_json({"addresses": addresses})
    else:
        show_table(["service", "address"], [[service, address] for service, address in addresses.items()])


def _interrupt_once(number: int, frame: FrameType | None) -> NoReturn:
    """The first signal begins the stop; further ones do not disturb it."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt


def _start_detached(home: Path) -> Mapping[str, str]:
    """Run `sightline up` in the background; the addresses once everything answers."""
    if (record := read_running(home)) and record.is_alive:
        raise already_running(home)
    log = home / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as words:
        command = [sys.executable, "-m", "sightline", "up"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True)
    deadline = time.monotonic() + SECONDS_TO_DETACH
    while time.monotonic() < deadline:
        if process.poll() is not None:
            show_step(last_lines(log))
            raise typer.Exit(process.returncode)
        if (record := read_running(home)) and record.is_alive and all(map(is_ready, record.addresses.values())):
            return record.addresses
        time.sleep(0.1)
    raise ServiceFailed(f"Not everything answered within {SECONDS_TO_DETACH} seconds.", f"See {log}; `sightline down` stops the rest.")
