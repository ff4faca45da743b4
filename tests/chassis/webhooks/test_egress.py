"""What the guard lets out: a name that leads to a private address gets nothing, however honest it looks."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.settings import ServiceSettings
from chassis.webhooks.egress import Answer, post
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


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_a_public_name_that_leads_inside_is_refused_before_anything_is_sent(
    receiver: Receiver, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    port = settings.webhook_ports[0]

    async def resolve(*_: Any, **__: Any) -> list[Any]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port, 0, 0) if ":" in address else (address, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    answer = await post(f"https://hooks.example.com:{port}/hook", b"{}", {}, settings)
    assert answer.status is None
    assert not answer.accepted
    assert receiver.messages == []
    if address == "127.0.0.1":
        assert answer.error == "the name leads to an address that webhooks may not reach"


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
    assert "ConnectError" in (answer.error or "")
