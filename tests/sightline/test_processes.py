"""Both services and their workers as real processes: started, watched, brought back, and stopped without a trace."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from sightline.embedded_postgres import EmbeddedPostgres
from sightline.problems import AlreadyRunning, PortTaken, ServiceFailed
from sightline.processes import Supervisor, is_ready, read_running, running, supervisor
from sightline.processes.settings import choose_ports
from tests.ports import claim_port

PROGRAMS = {"kpi_api", "kpi_api_worker", "scoring", "scoring_worker"}


@pytest.fixture(scope="module")
def supervised() -> Iterator[Supervisor]:
    folder = Path(tempfile.mkdtemp(prefix="sightline-"))
    folder.chmod(0o755)
    with Supervisor(folder) as started:
        yield started
    assert read_running(folder) is None
    assert not any(program.is_alive for program in started.programs.values())
    assert not EmbeddedPostgres(folder).is_alive()
    shutil.rmtree(folder)


def process_of(supervised: Supervisor, name: str) -> psutil.Process:
    record = read_running(supervised.home)
    assert record is not None
    process = record.programs[name].process
    assert process is not None
    return process


def tend_until_ready(supervised: Supervisor) -> None:
    """Watch as the supervisor does, until everything lives and answers."""
    deadline = time.monotonic() + 30
    while True:
        supervised.tend()
        if all(is_ready(address) for address in supervised.addresses.values()) and all(p.is_alive for p in supervised.programs.values()):
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_each_program_is_a_process_of_its_own_and_answers(supervised: Supervisor) -> None:
    assert set(supervised.programs) == PROGRAMS
    assert len({process_of(supervised, name).pid for name in PROGRAMS}) == len(PROGRAMS)
    assert all(is_ready(address) for address in supervised.addresses.values())


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
def test_a_service_is_given_no_more_secrets_than_it_needs(supervised: Supervisor, service: str) -> None:
    environment = process_of(supervised, service).environ()
    urls = {name for name in environment if name.endswith("DATABASE_URL")}
    assert urls == {f"{service.upper()}_DATABASE_URL"}


@pytest.mark.parametrize("name", ["scoring", "kpi_api_worker"])
def test_what_is_killed_comes_back(supervised: Supervisor, name: str) -> None:
    victim = process_of(supervised, name)
    victim.kill()
    supervised.programs[name].process.wait()
    supervised.tend()
    assert process_of(supervised, name).pid != victim.pid
    tend_until_ready(supervised)


def test_a_killed_database_comes_back_at_the_same_address(supervised: Supervisor) -> None:
    before = EmbeddedPostgres(supervised.home).urls()
    os.kill(int((EmbeddedPostgres(supervised.home).cluster.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    tend_until_ready(supervised)
    assert EmbeddedPostgres(supervised.home).urls() == before


def test_a_second_start_says_who_has_it(supervised: Supervisor) -> None:
    with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}, since .* kpi_api on http://127"), Supervisor(supervised.home):
        pass
    assert all(program.is_alive for program in supervised.programs.values())


def test_who_needs_the_services_joins_those_that_run(supervised: Supervisor) -> None:
    with running(supervised.home) as addresses:
        assert addresses == supervised.addresses
    assert all(program.is_alive for program in supervised.programs.values())


def test_what_dies_again_and_again_is_given_up_with_its_last_words(supervised: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTARTS_PER_MINUTE", 0)
    program = supervised.programs["scoring_worker"]
    program.kill()
    program.log.write_text("the reason\n")
    with pytest.raises(ServiceFailed, match=r"scoring_worker ended with exit code -9\. Its last words:\nthe reason"):
        supervised.tend()
    program.start()


def test_a_demanded_port_that_is_taken_is_a_clear_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("SCORING_PORT", str(other.getsockname()[1]))
        with pytest.raises(PortTaken, match="SCORING_PORT"):
            choose_ports()


def test_without_demands_a_taken_port_is_avoided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPI_API_PORT", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr("sightline.processes.settings.USUAL_PORTS", {"kpi_api": other.getsockname()[1], "scoring": 1})
        assert choose_ports()["kpi_api"] != other.getsockname()[1]


def sightline(home: Path, *arguments: str) -> tuple[int, Any]:
    """Run the command as a person would; its exit code and what it printed, read as JSON where it is."""
    command = [sys.executable, "-m", "sightline", *arguments]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | {"SIGHTLINE_HOME": str(home)})
    return answer.returncode, json.loads(answer.stdout) if "--json" in arguments else answer.stdout + answer.stderr


@pytest.mark.deep
def test_up_down_and_status_on_the_command_line_even_after_kill_9(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for service in ("KPI_API", "SCORING"):
        monkeypatch.setenv(f"{service}_PORT", str(claim_port()))
    assert sightline(home, "status", "--json")[1]["code"] == "not_running"
    assert sightline(home, "up", "--detach")[0] == 0
    code, status = sightline(home, "status", "--json")
    assert code == 0
    assert {part["part"]: part["state"] for part in status["parts"]} == dict.fromkeys([*PROGRAMS, "postgres"], "running")
    assert sightline(home, "up", "--json")[1]["code"] == "already_running"
    assert sightline(home, "db", "reset", "--yes")[0] == AlreadyRunning.exit_code

    os.kill(status["supervisor"], signal.SIGKILL)
    orphans = [psutil.Process(part["process"]) for part in status["parts"] if part["process"]]
    assert sightline(home, "up", "--detach")[0] == 0
    assert not any(orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE for orphan in orphans)

    assert sightline(home, "down") == (0, "Stopped\n")
    assert sightline(home, "down")[0] == 3
    assert not EmbeddedPostgres(home).is_alive()
