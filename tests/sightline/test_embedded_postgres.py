"""The embedded server in ordinary life: start, stop, versions, ports, files and the words for what is wrong."""

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from sightline.embedded_postgres import EmbeddedPostgres
from sightline.embedded_postgres.leftovers import processes_of
from sightline.problems import BinariesMissing, DiskFull, PortTaken, PostgresFailed, WrongVersion

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


Ask = Callable[[str, str], object]


def test_it_starts_stops_and_keeps_what_was_written(home: Path, ask: Ask) -> None:
    server = EmbeddedPostgres(home)
    urls = server.start()
    ask(urls.kpi_api_owner, "CREATE TABLE kept AS SELECT 42 AS n")
    assert server.is_running()

    server.stop()
    assert not server.is_running()
    assert processes_of(server.cluster.data) == []
    server.stop()

    assert server.start() == urls
    assert ask(urls.kpi_api_owner, "SELECT n FROM kept") == 42


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="PostgreSQL 15 is not installed on this machine")
def test_other_binaries_serve_as_well(home: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    monkeypatch.setenv("SIGHTLINE_POSTGRES_BIN", str(DEBIAN_15))
    urls = EmbeddedPostgres(home).start()
    assert str(ask(urls.scoring, "SHOW server_version")).startswith("15.")
    assert ask(urls.scoring, "SELECT lower('É')") == "é"


async def test_an_open_transaction_does_not_hold_up_the_stop(home: Path) -> None:
    server = EmbeddedPostgres(home)
    connection = await asyncpg.connect(server.start().kpi_api)
    await connection.execute("BEGIN")
    await connection.execute("SELECT 1")

    begun = time.monotonic()
    server.stop()

    assert time.monotonic() - begun < 3
    connection.terminate()


def test_secrets_are_for_their_owner_only(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    assert server.cluster.passwords_file.stat().st_mode & 0o777 == 0o600
    assert server.cluster.data.stat().st_mode & 0o777 == 0o700
    assert list((home / "postgres").glob("*.unfinished")) == []


def test_a_wrong_password_is_refused(home: Path, ask: Ask) -> None:
    server = EmbeddedPostgres(home)
    urls = server.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(urls.kpi_api.replace(server.cluster.password("kpi_api_service"), "guess"), "SELECT 1")


def test_a_port_that_others_took_meanwhile_is_left_to_them(home: Path, ask: Ask) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    port = server.cluster.port
    assert port is not None
    with socket.create_server(("127.0.0.1", port)):
        urls = server.start()
        assert server.cluster.port != port
        assert ask(urls.kpi_api, "SELECT 1") == 1


def test_a_demanded_port_that_is_taken_is_a_clear_problem(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("SIGHTLINE_POSTGRES_PORT", str(port))
        with pytest.raises(PortTaken, match=f"Port {port} .* SIGHTLINE_POSTGRES_PORT"):
            EmbeddedPostgres(home).start()
    assert f":{port}/" in EmbeddedPostgres(home).start().kpi_api


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    version = server.cluster.data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("14\n")
    with pytest.raises(WrongVersion, match="belongs to PostgreSQL 14"):
        server.start()
    version.write_text(ours)
    server.start()


def test_a_folder_without_postgres_is_a_clear_problem(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_POSTGRES_BIN", str(home))
    with pytest.raises(BinariesMissing, match="SIGHTLINE_POSTGRES_BIN"):
        EmbeddedPostgres(home).start()


def test_lost_passwords_are_a_clear_problem(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    server.cluster.passwords_file.unlink()
    with pytest.raises(PostgresFailed, match="sightline db reset"):
        server.start()


def test_too_little_space_is_told_before_anything_is_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 4096, 4096))
    server = EmbeddedPostgres(home)
    with pytest.raises(DiskFull, match="SIGHTLINE_HOME"):
        server.start()
    assert not server.cluster.data.exists()


def test_a_disk_that_fills_up_on_the_way_is_told_too(home: Path) -> None:
    server = EmbeddedPostgres(home)
    problem = server.cluster.failure("FATAL:  could not write lock file: No space left on device")
    assert isinstance(problem, DiskFull)


def test_reset_forgets_everything(home: Path) -> None:
    server = EmbeddedPostgres(home)
    before = server.start()
    server.reset()
    assert not server.cluster.exists
    assert server.start() != before
