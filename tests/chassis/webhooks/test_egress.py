"""What the guard lets out: a name that leads to a private address gets nothing, however honest it looks."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from chassis.settings import ServiceSettings
from chassis.webhooks.addresses import is_public
from chassis.webhooks.egress import UNREACHABLE, Answer, post
from tests.chassis.webhooks.receiver import Receiver, open_receiver
from tests.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(world: World, receiver: Receiver) -> ServiceSettings:
    """Production settings that would let the receiver's port through."""
    port = httpx.URL(receiver.url).port
    changes = {"environment": "production", "webhook_ports": [port], "webhook_timeout_seconds": 2.0}
    return world.kpi_api.service.settings.model_copy(update=changes)


@dataclass
class Door:
    """A listener inside that counts who knocks."""

    port: int
    knocks: int = 0


@pytest.fixture
async def inside() -> AsyncIterator[Door]:
    door = Door(0)

    async def knock(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door.knocks += 1
        writer.close()

    server = await asyncio.start_server(knock, ["127.0.0.1"], 0)
    async with server:
        door.port = server.sockets[0].getsockname()[1]
        yield door


@dataclass
class Names:
    """What names lead to, and how often was asked."""

    addresses: list[str]
    asked: int = 0

    async def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        found = [(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in self.addresses]
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address in found]


def lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> Names:
    names = Names(list(addresses))
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.resolve)
    return names


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["::127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
    ],
)
async def test_a_public_name_that_leads_inside_gets_no_connection(
    inside: Door, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    settings = settings.model_copy(update={"webhook_ports": [inside.port]})
    lead(monkeypatch, *addresses)
    answer = await post(f"https://hooks.example.com:{inside.port}/hook", b"{}", {}, settings)
    await asyncio.sleep(0.05)
    assert answer == Answer(None, UNREACHABLE)
    assert inside.knocks == 0


async def test_open_closed_and_refused_are_told_apart_by_nothing(
    inside: Door, settings: ServiceSettings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    ours = settings.model_copy(update={"webhook_ports": [inside.port, closed]})
    lead(monkeypatch, "127.0.0.1")
    answers = [await post(f"https://hooks.example.com:{port}/", b"{}", {}, ours) for port in (inside.port, closed)]
    answers.append(await post(f"http://127.0.0.1:{closed}/", b"{}", {}, world.kpi_api.service.settings))
    lead(monkeypatch)
    answers.append(await post(f"https://nowhere.example.com:{closed}/", b"{}", {}, ours))
    assert answers == [Answer(None, UNREACHABLE)] * 4


async def test_the_name_is_asked_once_and_its_next_address_is_tried(
    receiver: Receiver, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads somewhere else when it is asked again gains nothing by it."""
    url = httpx.URL(receiver.url)
    names = lead(monkeypatch, "::1", "127.0.0.1")
    answer = await post(str(url.copy_with(host="localhost")), b"{}", {}, world.kpi_api.service.settings)
    assert (answer, names.asked) == (Answer(200), 1)
    assert receiver.messages[0].headers["host"] == f"localhost:{url.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::808:808", False),
        ("224.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("::808:808", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("2002:a00:1::", False),
    ],
)
def test_an_address_is_public_whatever_it_is_wrapped_in(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) == public


async def test_a_rule_that_became_stricter_holds_for_what_was_registered_before(receiver: Receiver, settings: ServiceSettings) -> None:
    answer = await post(receiver.url, b"{}", {}, settings)
    assert answer == Answer(None, "Give an https address.")
    assert receiver.messages == []


async def test_a_receiver_that_hangs_is_left(world: World) -> None:
    settings = world.kpi_api.service.settings.model_copy(update={"webhook_timeout_seconds": 0.2})
    hanging = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hanging.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        answer = await post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", b"{}", {}, settings)
        hanging.set()
    assert answer.status is None
    assert answer.error is not None


async def test_a_receiver_that_is_not_there_is_an_answer_too(world: World) -> None:
    answer = await post("http://127.0.0.1:9/", b"{}", {}, world.kpi_api.service.settings)
    assert (answer.status, answer.accepted) == (None, False)
    assert answer.error == UNREACHABLE
