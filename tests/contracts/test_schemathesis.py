"""Both services keep what their OpenAPI documents say: schemathesis asks every operation as several roles, with every check on.

One role per service in `make test`; in `make test-deep` more examples, every edge that a schema has, and sequences of calls, as all roles.
What may differ stands with its reason in schemathesis.toml. The services answer in this process, over HTTP on this machine, about an
organization that has every kind of record. A run counts only if each phase came to its end and went to every operation.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY

import pytest
import uvicorn

from tests.attack.cast import Cast
from tests.attack.staging import make_cast
from tests.world import Running, World

SETTINGS = Path(__file__).with_name("schemathesis.toml")
ROOT = SETTINGS.parents[2]
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
async def cast(world: World) -> Cast:
    """An organization of this module's own, since its records are written over."""
    return await make_cast(world)


@asynccontextmanager
async def listening(running: Running) -> AsyncIterator[str]:
    """The address of a service that listens while the block runs."""
    config = uvicorn.Config(running.app, port=0, lifespan="off", log_level="critical")
    listener = config.bind_socket()
    listener.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # else each answer's second part waits 40 ms for the first one's acknowledgement
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


@dataclass
class Report:
    """What a run did: its exit code and words, why it stopped, how each phase ended, and which operations each went to."""

    code: int | None
    words: str
    stopped: str = "nothing was reported"
    phases: dict[str, str] = field(default_factory=dict)
    operations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, line: str) -> None:
        ((kind, event),) = json.loads(line).items()
        if kind == "PhaseFinished":
            self.phases[event["phase"]["name"]] = event["status"]
        elif kind == "ScenarioFinished":
            self.operations[event["phase"]].add(event["recorder"]["label"])
        elif kind == "EngineFinished":
            self.stopped = event["stop_reason"]


async def schemathesis(cast: Cast, folder: Path, service: str, role: str, phases: str, examples: int) -> Report:
    """A run as this role, which writes whatever it keeps into `folder`."""
    token = cast.world.token(cast.home.organization.id, cast.home.people[role])
    events = folder / "events.ndjson"
    options = [f"--phases={phases}", f"--max-examples={examples}", "--report=ndjson", f"--report-ndjson-path={events}"]
    async with listening(getattr(cast.world, service)) as address:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", SETTINGS, "run", f"{address}/openapi.json"]
        process = await asyncio.create_subprocess_exec(
            *command, "--header", f"Authorization: Bearer {token}", "--no-color", *options,
            stdout=PIPE, stderr=STDOUT, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        words, _ = await process.communicate()
    report = Report(process.returncode, words.decode())
    for line in events.read_text().splitlines() if events.exists() else ():  # after the run, nothing else waits
        report.read(line)
    return report


def operations_of(running: Running) -> set[str]:
    document = running.app.openapi()
    return {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods.keys() & METHODS}


def require_whole(report: Report, running: Running, phases: str) -> None:
    """Nothing was found, and nothing was left out: reaching a limit of time or failures would not show in the exit code."""
    assert report.code == 0, report.words
    assert report.stopped == "completed"
    expected = operations_of(running)
    for phase in phases.split(","):
        assert {name.lower(): status for name, status in report.phases.items()}[phase] == "success", report.phases
        if phase != "stateful":  # which goes along links between operations, and not every one has some
            assert report.operations[phase] == expected, f"{phase} left out {expected - report.operations[phase]}"


@pytest.mark.parametrize(("service", "role"), [("kpi_api", "hr"), ("scoring", "payroll")])
async def test_answers_are_as_the_document_says(cast: Cast, tmp_path: Path, service: str, role: str) -> None:
    report = await schemathesis(cast, tmp_path, service, role, "examples,fuzzing", 1)
    require_whole(report, getattr(cast.world, service), "examples,fuzzing")


EVERYTHING = "examples,coverage,fuzzing,stateful"
IN_DEPTH = [
    ("kpi_api", "hr", EVERYTHING, 25),
    ("kpi_api", "employee", "fuzzing", 10),
    ("kpi_api", "payroll", "fuzzing", 5),
    ("scoring", "comp", EVERYTHING, 25),
    ("scoring", "payroll", "fuzzing", 10),
    ("scoring", "employee", "fuzzing", 5),
]


@pytest.mark.deep
@pytest.mark.parametrize(("service", "role", "phases", "examples"), IN_DEPTH)
async def test_answers_are_as_the_document_says_in_depth(
    cast: Cast, tmp_path: Path, service: str, role: str, phases: str, examples: int
) -> None:
    require_whole(await schemathesis(cast, tmp_path, service, role, phases, examples), getattr(cast.world, service), phases)
