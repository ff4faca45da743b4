"""Calls to a sibling service: what may be repeated is tried again, what may not is not, and a dead service is left alone for a while."""

import asyncio

import httpx
import pytest

from chassis.http_client import ServiceClient, ServiceUnavailable


class Sibling:
    """Answers with the given statuses in turn; None: the connection breaks."""

    def __init__(self, *answers: int | None) -> None:
        self.answers = list(answers)
        self.calls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.method)
        status = self.answers.pop(0)
        if status is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(status)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = asyncio.sleep
    monkeypatch.setattr("chassis.http_client.asyncio.sleep", lambda _: sleep(0))


def client_of(sibling: Sibling) -> ServiceClient:
    return ServiceClient("http://sibling", transport=httpx.MockTransport(sibling))


@pytest.mark.parametrize("failure", [None, 502, 503, 504])
async def test_a_repeatable_call_is_tried_again(failure: int | None) -> None:
    sibling = Sibling(failure, failure, 200)
    answer = await client_of(sibling).request("GET", "/", token="t")
    assert (answer.status_code, sibling.calls) == (200, ["GET", "GET", "GET"])


async def test_a_post_is_tried_once_unless_it_may_be_repeated() -> None:
    once, repeatable = Sibling(503), Sibling(503, 200)
    with pytest.raises(ServiceUnavailable):
        await client_of(once).request("POST", "/", token="t")
    assert once.calls == ["POST"]
    assert (await client_of(repeatable).request("POST", "/", token="t", repeatable=True)).status_code == 200


@pytest.mark.parametrize("status", [400, 404, 409, 500])
async def test_an_answer_is_an_answer(status: int) -> None:
    sibling = Sibling(status)
    assert (await client_of(sibling).request("GET", "/", token="t")).status_code == status
    assert len(sibling.calls) == 1


async def test_after_failures_in_a_row_the_circuit_opens_and_one_success_closes_it() -> None:
    sibling = Sibling(*[None] * 15, 200, 200)
    client = client_of(sibling)
    for _ in range(5):
        with pytest.raises(ServiceUnavailable):
            await client.request("GET", "/", token="t")
    assert len(sibling.calls) == 15
    with pytest.raises(ServiceUnavailable, match="circuit open"):
        await client.request("GET", "/", token="t")
    assert len(sibling.calls) == 15, "an open circuit calls nobody"
    client._breaker._open_until = 0.0
    assert (await client.request("GET", "/", token="t")).status_code == 200
    assert (await client.request("GET", "/", token="t")).status_code == 200
