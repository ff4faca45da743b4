"""Both services keep what their OpenAPI documents say: schemathesis asks every operation as several roles, with every check on.

One role per service in `make test`; all roles, with more examples and with sequences of calls, in `make test-deep`. What may differ stands
with its reason in schemathesis.toml. The services answer in this process, over HTTP on this machine, about an organization that has every
kind of record.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY

import pytest
import uvicorn

from tests.attack.cast import Cast
from tests.attack.staging import make_cast
from tests.world import Running, World

SETTINGS = Path(__file__).with_name("schemathesis.toml")
EVERY_ROLE = [(service, role) for service in ("kpi_api", "scoring") for role in ("hr", "employee", "payroll")]


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


async def schemathesis(cast: Cast, service: str, role: str, *options: str) -> tuple[int | None, str]:
    """Exit code and report of a run as this role."""
    token = cast.world.token(cast.home.organization.id, cast.home.people[role])
    async with listening(getattr(cast.world, service)) as address:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", SETTINGS, "run", f"{address}/openapi.json"]
        process = await asyncio.create_subprocess_exec(
            *command, "--header", f"Authorization: Bearer {token}", "--no-color", *options, stdout=PIPE, stderr=STDOUT
        )
        report, _ = await process.communicate()
    return process.returncode, report.decode()


@pytest.mark.parametrize(("service", "role"), [("kpi_api", "hr"), ("scoring", "payroll")])
async def test_answers_are_as_the_document_says(cast: Cast, service: str, role: str) -> None:
    code, report = await schemathesis(cast, service, role, "--phases=examples,fuzzing", "--max-examples=2")
    assert code == 0, report


@pytest.mark.deep
@pytest.mark.parametrize(("service", "role"), EVERY_ROLE)
async def test_answers_are_as_the_document_says_in_depth(cast: Cast, service: str, role: str) -> None:
    code, report = await schemathesis(cast, service, role, "--phases=examples,coverage,fuzzing,stateful", "--max-examples=25")
    assert code == 0, report
