"""Fixtures of every test: a real PostgreSQL of this run's own, both services in this process, and sockets that lead nowhere else.

Tests share one pair of databases; what keeps them apart is what keeps customers apart: the organization. Each test asks for a fresh one.
"""

import gc
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog

from chassis import migrations
from sightline.embedded_postgres import DatabaseUrls, EmbeddedPostgres
from sightline.embedded_postgres import server as postgres_server
from sightline.processes import settings as process_settings
from tests.ports import claim_port, give_ports_back
from tests.world import Organization, World, open_world

HOMES = Path(__file__).parents[1] / ".sightline-test"

# Everything a server of ours acknowledged survives any kill -9, as in production; only a power failure would lose it. Much faster.
os.environ["SIGHTLINE_POSTGRES_SETTINGS"] = "fsync=off full_page_writes=off"


# The files that take longest. Processes are handed whole files in the order of collection: these come first, so that none is left with one
# of them when the others are done.
LONGEST = (
    "tests/faults/test_killed_processes.py",
    "tests/scenarios/test_adventureworks.py",
    "tests/attack/test_writes.py",
    "tests/attack/test_attack.py",
    "tests/scenarios/test_demo_year.py",
    "tests/sightline/bench/test_bench.py",
    "tests/contracts/test_schemathesis.py",
)


def pytest_sessionstart() -> None:
    """Loading every test makes millions of objects that stay: no collection need walk them meanwhile."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on as in the services (`chassis.server`): what was loaded is left alone, and the rest looked at less often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others stay as they are."""
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test run. It holds the empty databases `kpi_api` and `scoring`."""
    sweep_homes_of_killed_runs()
    home = HOMES / str(os.getpid())
    server = EmbeddedPostgres(home)
    server.start()
    yield server
    server.reset()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def database_urls(postgres: EmbeddedPostgres) -> DatabaseUrls:
    """Both databases, migrated to head."""
    urls = postgres.urls()
    migrations.upgrade("kpi_api", urls.kpi_api_owner, "kpi_api_service")
    migrations.upgrade("scoring", urls.scoring_owner, "scoring_service")
    return urls


@pytest.fixture(scope="session")
async def world(database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Both services in this process, speaking HTTP to each other and to the tests over ASGI."""
    async with open_world(database_urls, tmp_path_factory.mktemp("keys")) as world:
        yield world


@pytest.fixture
async def organization(world: World) -> Organization:
    """A fresh organization with one person, who has the role hr_admin in both services."""
    return await world.new_organization()


def sweep_homes_of_killed_runs() -> None:
    """A run that was killed could not stop its server; its home bears its process id."""
    for home in HOMES.glob("[0-9]*"):
        if not psutil.pid_exists(int(home.name)):
            EmbeddedPostgres(home).reset()
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def claimed_ports() -> Iterator[None]:
    """Servers start in several test processes at once: neither the usual ports nor just any free one would do."""
    patch = pytest.MonkeyPatch()
    patch.setattr(process_settings, "USUAL_PORTS", {service: claim_port() for service in process_settings.USUAL_PORTS})
    for module in (process_settings, postgres_server):
        patch.setattr(module, "any_free_port", claim_port)
    yield
    patch.undo()
    give_ports_back()


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Tracebacks as text: drawing each one with every local variable takes seconds, and half a minute on a busy machine."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer(colors=False)]
    )


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
