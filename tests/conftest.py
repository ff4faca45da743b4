"""Fixtures of every test: a real PostgreSQL of this run's own, and sockets that lead nowhere but to this machine."""

import os
import shutil
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest

from sightline.embedded_postgres import EmbeddedPostgres

HOMES = Path(__file__).parents[1] / ".sightline-test"
FAST_BUT_NOT_CRASH_SAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test run. It holds the empty databases `kpi_api` and `scoring`."""
    sweep_homes_of_killed_runs()
    home = HOMES / str(os.getpid())
    server = EmbeddedPostgres(home, settings=FAST_BUT_NOT_CRASH_SAFE)
    server.start()
    yield server
    server.reset()
    shutil.rmtree(home)


def sweep_homes_of_killed_runs() -> None:
    """A run that was killed could not stop its server; its home bears its process id."""
    for home in HOMES.glob("[0-9]*"):
        if not psutil.pid_exists(int(home.name)):
            EmbeddedPostgres(home).reset()
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Whatever a test or a library tries, no packet leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}; tests may only talk to this machine")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host.split("%")[0]).is_loopback
