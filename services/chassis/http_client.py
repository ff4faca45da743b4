"""Calling another service over HTTP: time-outs, bounded retries with jitter, and a circuit breaker.

Only requests that may be repeated are retried: GET, PUT, DELETE, and POST that carries an Idempotency-Key or is declared repeatable.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

RETRY_STATUSES = {502, 503, 504}
REPEATABLE_METHODS = {"GET", "HEAD", "PUT", "DELETE"}


class ServiceUnavailable(Exception):
    """The other service cannot be reached now, or its circuit is open."""


@dataclass
class CircuitBreaker:
    """Opens after `failures` failures in a row and lets one try through after `pause` seconds."""

    failures: int = 5
    pause: float = 2.0
    _count: int = field(default=0, init=False)
    _open_until: float = field(default=0.0, init=False)

    def check(self) -> None:
        if self._count >= self.failures and time.monotonic() < self._open_until:
            raise ServiceUnavailable("circuit open")

    def succeeded(self) -> None:
        self._count = 0

    def failed(self) -> None:
        self._count += 1
        self._open_until = time.monotonic() + self.pause


class ServiceClient:
    """An HTTP client of one service. `transport` lets tests speak to it in this process."""

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None = None, attempts: int = 3) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, transport=transport, timeout=httpx.Timeout(30, connect=2), trust_env=False)
        self._attempts = attempts
        self._breaker = CircuitBreaker()

    async def request(
        self, method: str, path: str, *, token: str, headers: Mapping[str, str] | None = None, repeatable: bool = False, **content: Any
    ) -> httpx.Response:
        """The answer, whatever its status but 502 to 504. Raises ServiceUnavailable after the last try."""
        self._breaker.check()
        attempts = self._attempts if repeatable or method in REPEATABLE_METHODS else 1
        for attempt in range(1, attempts + 1):
            try:
                response = await self._client.request(
                    method, path, headers={"Authorization": f"Bearer {token}", **(headers or {})}, **content
                )
                if response.status_code not in RETRY_STATUSES:
                    self._breaker.succeeded()
                    return response
            except httpx.TransportError:
                pass
            if attempt < attempts:
                await asyncio.sleep(random.uniform(0.05, 0.1) * 2**attempt)  # noqa: S311  # jitter is no secret
        self._breaker.failed()
        raise ServiceUnavailable(f"no answer from {self._client.base_url}")

    async def close(self) -> None:
        await self._client.aclose()
