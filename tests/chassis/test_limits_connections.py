"""A real process, spoken to by sockets: who sends too large a head, or sends or reads too slowly, is told so where possible and cut off."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

import httpx
import psutil
import pytest

from sightline.embedded_postgres import DatabaseUrls
from sightline.ports import HOST
from tests.ports import claim_port
from tests.world import Organization, World

GRACE = 1.0
LIMITS = {
    "SLOW_CLIENT_SECONDS": str(GRACE),
    "SLOW_CLIENT_BYTES_PER_SECOND": "1000",
    "MAX_HEADER_BYTES": "4096",
    "MAX_HEADERS": "20",
    "MAX_BODY_BYTES": "20000",
    "MAX_CONNECTIONS": "150",
    "CORS_ORIGINS": '["https://app.example.com"]',
}


@pytest.fixture(scope="module")
def port(world: World, database_urls: DatabaseUrls) -> Iterator[int]:
    """The port of a kpi_api of its own process, with narrow limits."""
    port = claim_port()
    keys = world.kpi_api.service.settings.key_folder
    settings = {"DATABASE_URL": database_urls.kpi_api, "KEY_FOLDER": str(keys), "PORT": str(port), **LIMITS}
    environment = os.environ | {f"KPI_API_{name}": value for name, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-m", "kpi_api"], env=environment)
    try:
        wait_until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_it_answers(port: int) -> None:
    for _ in range(300):
        try:
            httpx.get(f"http://{HOST}:{port}/livez", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the service does not answer")


class Client(asyncio.Protocol):
    """One connection, and what came from it so far."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.opened = time.monotonic()
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    async def send(self, data: bytes, *, size: int = 0, pause: float = 0.0) -> None:
        """Send all of it, in pieces with a pause after each, unless the other side hangs up."""
        for start in range(0, len(data), size or len(data) or 1):
            if self.closed.is_set():
                return
            self.transport.write(data[start : start + size] if size else data)
            await asyncio.sleep(pause)

    async def drip(self, data: bytes, pause: float = 0.1) -> None:
        await self.send(data, size=1, pause=pause)

    async def everything(self) -> bytes:
        """What comes until the other side hangs up, which it must within a few graces."""
        await asyncio.wait_for(self.closed.wait(), 6 * GRACE)
        return bytes(self.received)

    async def until(self, end: bytes) -> bytes:
        """What comes up to this; it is taken away."""
        await eventually(lambda: end in self.received)
        found, _, rest = bytes(self.received).partition(end)
        self.received = bytearray(rest)
        return found + end

    async def problem(self) -> tuple[int, str]:
        """Status and code of the one answer that comes before the other side hangs up."""
        head, _, body = (await self.everything()).partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        assert headers["content-type"] == "application/problem+json"
        assert (headers["connection"], headers["x-content-type-options"], headers["cache-control"]) == ("close", "nosniff", "no-store")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        problem = json.loads(body)
        assert problem["status"] == int(status.split()[1])
        return problem["status"], problem["code"]

    @property
    def age(self) -> float:
        return time.monotonic() - self.opened


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until it is true, which it must be within a few graces."""
    for _ in range(int(6 * GRACE / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it has not become true")


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    _, client = await asyncio.get_running_loop().create_connection(Client, HOST, port)
    try:
        yield client
    finally:
        client.transport.abort()


async def test_a_head_that_drips_in_is_refused(port: int) -> None:
    async with connected(port) as client:
        await client.drip(b"GET /livez HTTP/1.1\r\nhost: here\r\nx-a: " + b"a" * 100)
        assert await client.problem() == (408, "request_too_slow")
        assert GRACE < client.age < 3 * GRACE


@pytest.mark.parametrize("first", [b"", b"GET /livez HTTP/1.1\r\nhost: here\r\n\r\n"], ids=["at first", "after an answer"])
@pytest.mark.parametrize("then", [b"", b"\r\n" * 50, b"GE"], ids=["nothing", "empty lines", "two letters"])
async def test_a_client_that_sends_no_request_is_cut_off(port: int, first: bytes, then: bytes) -> None:
    """Also after an answered one, unless it rests altogether: then the connection is kept for its next request."""
    async with connected(port) as client:
        await client.send(first)
        await client.drip(then)
        if first and not then:
            await asyncio.sleep(2 * GRACE)
            await client.send(first)
            assert (await client.until(b"}")).startswith(b"HTTP/1.1 200 OK")
        else:
            assert (await client.everything()).count(b"HTTP/1.1 408") == 1
            assert client.age < 8 * GRACE


async def test_a_body_that_drips_in_is_refused_and_writes_nothing(port: int, world: World, organization: Organization) -> None:
    async with connected(port) as client:
        await client.send(import_head(world, organization, b"content-length: 10000"))
        await client.drip(b"external_id,given_name,family_name,hire_date\nE1,Given,Family,2020-01-01\n" * 10, 0.05)
        assert await client.problem() == (408, "request_too_slow")
    people = (await (await organization.admin()).kpi_api.get("/v1/people")).json()
    assert [person["given_name"] for person in people["items"]] == ["Ada"]


async def test_a_chunked_body_that_drips_in_is_refused(port: int, world: World, organization: Organization) -> None:
    async with connected(port) as client:
        await client.send(import_head(world, organization, b"transfer-encoding: chunked"))
        await client.drip(b"1\r\na\r\n" * 50, 0.02)
        assert await client.problem() == (408, "request_too_slow")


async def test_a_slow_but_steady_body_is_taken(port: int, world: World, organization: Organization) -> None:
    """Twice the least pace, for three graces."""
    table = b"external_id,given_name,family_name,hire_date\n" + b"".join(b"E%03d,Given,Family,2020-01-01\n" % n for n in range(200))
    async with connected(port) as client:
        await client.send(import_head(world, organization, b"content-length: %d\r\nconnection: close" % len(table)))
        await client.send(table, size=400, pause=0.2)
        assert client.age > 2.5 * GRACE
        assert (await client.everything()).startswith(b"HTTP/1.1 200 OK")


async def test_the_rest_of_a_refused_body_is_not_waited_for(port: int) -> None:
    async with connected(port) as client:
        await client.send(b"POST /v1/people HTTP/1.1\r\nhost: here\r\ncontent-length: 100000000\r\n\r\n")
        assert (await client.until(b"\r\n")) .startswith(b"HTTP/1.1 413 ")
        await client.drip(b"x" * 200, 0.05)
        await client.everything()
        assert client.age < 4 * GRACE


HOST_LINE = b"GET /livez HTTP/1.1\r\nhost: here\r\n"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(HOST_LINE + b"x: y\r\n" * 20 + b"\r\n", id="too many"),
        pytest.param(HOST_LINE + b"x: " + b"y" * 5000 + b"\r\n\r\n", id="too large"),
        pytest.param(HOST_LINE + b"x: " + b"y" * 1_000_000, id="one without an end"),
        pytest.param(b"GET /" + b"y" * 1_000_000, id="an address without an end"),
    ],
)
async def test_a_head_that_is_too_large_is_refused(port: int, head: bytes) -> None:
    async with connected(port) as client:
        await client.send(head, size=2000, pause=0.001)
        assert await client.problem() == (431, "headers_too_large")
        assert client.age < GRACE


async def test_a_trailer_that_is_too_large_is_refused(port: int, world: World, organization: Organization) -> None:
    """Headers may follow a body, too."""
    async with connected(port) as client:
        await client.send(import_head(world, organization, b"transfer-encoding: chunked") + b"0\r\nx: ")
        await client.send(b"y" * 1_000_000, size=2000, pause=0.001)
        assert await client.problem() == (431, "headers_too_large")


async def test_what_is_no_http_is_refused_in_our_form(port: int) -> None:
    async with connected(port) as client:
        await client.send(b"hello\r\n\r\n")
        assert await client.problem() == (400, "malformed_request")


async def test_a_reader_that_stops_is_cut_off_and_a_slow_one_served(port: int) -> None:
    """Megabytes are asked for. One client reads nothing; the other pauses now and then, for longer than the grace in all."""
    ask = b"GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n" * 20
    async with connected(port) as stopped, connected(port) as slow:
        stopped.transport.pause_reading()
        for client in (stopped, slow):
            await client.send(ask)
        for _ in range(15):
            slow.transport.pause_reading()
            await asyncio.sleep(0.15)
            slow.transport.resume_reading()
            await asyncio.sleep(0.01)
        await eventually(lambda: not has(port, stopped))
        await eventually(lambda: slow.received.count(b"HTTP/1.1 200 OK") == 20)
        assert has(port, slow)


def has(port: int, client: Client) -> bool:
    """Whether the service still has this connection."""
    ours = client.transport.get_extra_info("sockname")[1]
    return any(
        connection.laddr.port == port and connection.raddr and connection.raddr.port == ours and connection.status == "ESTABLISHED"
        for connection in psutil.net_connections("tcp")
    )


async def test_others_are_served_while_many_drip(port: int) -> None:
    async def drip() -> tuple[int, str]:
        async with connected(port) as client:
            await client.drip(b"GET /livez HTTP/1.1\r\nx: " + b"a" * 100)
            return await client.problem()

    dripping = asyncio.gather(*(drip() for _ in range(100)))
    await asyncio.sleep(GRACE / 2)
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False) as client:
        for _ in range(10):
            assert (await client.get("/livez", timeout=GRACE / 2)).status_code == 200
    assert set(await dripping) == {(408, "request_too_slow")}


async def test_one_connection_too_many_is_refused_and_served_once_another_is_gone(port: int) -> None:
    async with AsyncExitStack() as connections:
        clients = [await connections.enter_async_context(connected(port)) for _ in range(150)]
        await eventually(lambda: has(port, clients[-1]))
        async with connected(port) as one_more:
            head, _, body = (await one_more.everything()).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 5" in head.lower()
            assert json.loads(body)["code"] == "too_many_connections"
            assert one_more.age < GRACE
        await clients[0].send(HOST_LINE + b"\r\n")
        assert (await clients[0].until(b"}")).startswith(b"HTTP/1.1 200 OK")
        clients[1].transport.abort()
        await eventually(lambda: not has(port, clients[1]))
        async with connected(port) as welcome:
            await welcome.send(HOST_LINE + b"\r\n")
            assert (await welcome.until(b"}")).startswith(b"HTTP/1.1 200 OK")


async def test_requests_in_one_packet_are_each_answered(port: int) -> None:
    async with connected(port) as client:
        await client.send((HOST_LINE + b"\r\n") * 2 + HOST_LINE + b"connection: close\r\n\r\n")
        assert (await client.everything()).count(b'{"alive":true}') == 3


async def test_no_proxy_is_believed_unless_named(port: int) -> None:
    """Else whoever is limited would name another address in each request."""
    requests = [HOST_LINE + b"x-forwarded-for: 192.0.2.%d\r\n\r\n" % number for number in range(5)]
    async with connected(port) as client:
        await client.send(b"".join(requests))
        answers = [await client.until(b"}") for _ in requests]
    left = [int(answer.split(b'"address";r=')[1].split(b";")[0]) for answer in answers]
    assert left[-1] < left[0]  # in one packet, so that hardly any comes back meanwhile


def import_head(world: World, organization: Organization, framing: bytes) -> bytes:
    token = world.token(organization.id, organization.person_id).encode()
    head = b"POST /v1/people/import HTTP/1.1\r\nhost: here\r\nauthorization: Bearer %s\r\ncontent-type: text/csv\r\n%s\r\n\r\n"
    return head % (token, framing)
