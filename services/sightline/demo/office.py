"""Meridale's people at their desks: every request is made over HTTP in somebody's name."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx

from chassis.identity import TokenSigner
from sightline.problems import OperatorProblem

AUDIENCE = "sightline"
AT_ONCE = 12
PATIENCE_SECONDS = 60


class DemoFailed(OperatorProblem):
    """A request of the demo was refused, or what it waits for did not come."""

    code = "demo_failed"
    exit_code = 1


class Office:
    """HTTP clients of both services for the people of one organization.

    `call(person, "kpi_api", "POST", "/v1/…", json=…)` answers the JSON body, or raises DemoFailed with the problem's words.
    """

    def __init__(self, addresses: Mapping[str, str], issuer: TokenSigner, organization_id: UUID) -> None:
        self.organization_id = organization_id
        self._issuer = issuer
        self._addresses = addresses
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._tokens: dict[str, str] = {}
        self._stack = AsyncExitStack()
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        for service, address in self._addresses.items():
            client = httpx.AsyncClient(base_url=address, timeout=120, trust_env=False)
            self._clients[service] = await self._stack.enter_async_context(client)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def call(self, person: str, service: str, method: str, path: str, **content: Any) -> Any:
        """The answer's JSON, or its text where it is none."""
        response = await self._accepted(person, service, method, path, **content)
        return response.json() if "json" in response.headers.get("content-type", "") else response.text

    async def read(self, person: str, service: str, path: str) -> httpx.Response:
        """The whole answer to a GET, for its ETag."""
        return await self._accepted(person, service, "GET", path)

    async def _accepted(self, person: str, service: str, method: str, path: str, **content: Any) -> httpx.Response:
        response = await self.send(person, service, method, path, **content)
        if response.status_code >= 400:
            raise DemoFailed(f"{method} {path} answered {response.status_code}: {response.text[:2000]}", "See the logs in .sightline/logs.")
        return response

    async def send(self, person: str, service: str, method: str, path: str, **content: Any) -> httpx.Response:
        """The answer, whatever it is."""
        headers = {"Authorization": f"Bearer {self._token(person)}", **content.pop("headers", {})}
        async with self._gate:
            return await self._clients[service].request(method, path, headers=headers, **content)

    async def bulk(self, person: str, service: str, path: str, **content: Any) -> dict[str, Any]:
        """A bulk call in which every row must succeed."""
        answer: dict[str, Any] = await self.call(person, service, "POST", path, **content)
        wrong = [row for row in answer["results"] if row["status"] == "error"]
        if wrong:
            raise DemoFailed(f"POST {path}: {len(wrong)} rows were refused, the first: {wrong[0]}", "See the row.")
        return answer

    async def pages(self, person: str, service: str, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            given = {"limit": 200, **query} | ({"cursor": cursor} if cursor else {})
            page = await self.call(person, service, "GET", path, params=given)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    async def wait_for(self, what: str, person: str, service: str, path: str, *, until: Any, **query: Any) -> Any:
        """Read `path` again and again until `until(answer)` holds. No answer, and a 404, count as not yet."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        answer: Any = None
        while asyncio.get_running_loop().time() < deadline:
            with suppress(httpx.TransportError):
                response = await self.send(person, service, "GET", path, params=query)
                if response.status_code == 200 and until(answer := response.json()):
                    return answer
            await asyncio.sleep(0.1)
        raise DemoFailed(f"{what} did not come within {PATIENCE_SECONDS} seconds; last seen: {answer}", "See the logs in .sightline/logs.")

    async def set_clock(self, person: str, moment: str) -> None:
        """Move both services' clocks for this organization."""
        for service in self._clients:
            await self.call(person, service, "PUT", "/v1/development/clock", json={"now": moment})

    def _token(self, person: str) -> str:
        if person not in self._tokens:
            life = timedelta(hours=2)
            self._tokens[person] = self._issuer.sign(subject=person, audience=AUDIENCE, organization_id=self.organization_id, life=life)
        return self._tokens[person]
