"""The public keys of trusted issuers: from a file in the key folder or from a URL, kept for a while and loaded anew when they change."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

import httpx
import structlog
from joserfc.jwk import Key

from chassis.identity.keys import read_public_keys

log = structlog.get_logger()

MAX_BYTES = 256 * 1024
FETCH_SECONDS = 5.0
FILE_SECONDS = 60.0
USUAL_SECONDS = 900.0
SHORTEST_SECONDS, LONGEST_SECONDS = 60.0, 86_400.0
PAUSE_SECONDS = 30.0

FILE_PAUSE_SECONDS = 1.0
BELIEVED_SECONDS = 86_400.0

MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")

Load = Callable[[], Awaitable[tuple[Mapping[str, Key], float]]]


@dataclass(frozen=True)
class Issuer:
    """A trusted issuer: its `iss`, its keys, and the `aud` that its tokens must carry.

    `kind` says what its subjects are: ids of our `people` (the development issuer), a `service` of ours, or `outside` identities.
    `organization_id` is there for an issuer whose tokens speak in that organization only; tokens of others name theirs.
    """

    name: str
    keys: "IssuerKeys"
    audience: str
    kind: Literal["people", "service", "outside"] = "outside"
    organization_id: UUID | None = None


class IssuerKeys:
    """Keys by `kid`, as `load` brought them last, and how many seconds they hold.

    They are loaded when they have aged and when a `kid` is unknown, but at most once in `pause` seconds, and once for all who wait. While
    they cannot be loaded, those known go on being believed for `believed` seconds after they last could.
    """

    def __init__(
        self,
        issuer: str,
        load: Load,
        *,
        believed: float = BELIEVED_SECONDS,
        pause: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._load = load
        self._believed, self._pause = believed, pause
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._fresh_until = self._believed_until = self._next_load = float("-inf")
        self._failing = False
        self._loading: asyncio.Task[None] | None = None

    async def find(self, kid: object) -> Key:
        """The key of this id. Raises KeyError, also for one that is believed no more."""
        if not isinstance(kid, str):
            raise KeyError(kid)
        if kid not in self._keys or self._clock() >= self._fresh_until:
            self._begin_loading()
            if self._loading and not (self._failing and kid in self._keys and self._are_believed()):
                await asyncio.shield(self._loading)
        if not self._are_believed():
            raise KeyError(kid)
        return self._keys[kid]

    def _are_believed(self) -> bool:
        return self._clock() < self._believed_until

    def _begin_loading(self) -> None:
        if self._loading is None and self._clock() >= self._next_load:
            self._next_load = self._clock() + self._pause
            self._loading = asyncio.create_task(self._load_now())

    async def _load_now(self) -> None:
        try:
            self._keys, seconds = await self._load()
            # Loaded again well before they would be refused, so that one failure refuses nobody.
            self._fresh_until = self._clock() + min(seconds, self._believed / 2)
            self._believed_until = self._clock() + self._believed
            self._failing = False
        except (httpx.HTTPError, OSError, ValueError, RecursionError) as error:
            self._failing = True
            reason = f"{type(error).__name__}: {error}"
            if self._are_believed():
                log.warning("issuer_keys_not_loaded", issuer=self._issuer, reason=reason)
            else:
                log.error("issuer_keys_refused", issuer=self._issuer, reason=reason)
        finally:
            self._loading = None


def keys_in_file(path: Path) -> Load:
    """Loads a JWKS file. Raises what is wrong with it now, so that a service with a broken key folder does not start."""
    read_public_keys(path.read_bytes())

    async def load() -> tuple[Mapping[str, Key], float]:
        return read_public_keys(await asyncio.to_thread(path.read_bytes)), FILE_SECONDS

    return load


def keys_at(url: str, client: httpx.AsyncClient) -> Load:
    """Loads a JWKS from an address: 256 KiB in five seconds at most, no redirects."""

    async def load() -> tuple[Mapping[str, Key], float]:
        content = bytearray()
        headers = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
        async with asyncio.timeout(FETCH_SECONDS), client.stream("GET", url, headers=headers, follow_redirects=False) as response:
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            async for part in response.aiter_raw():
                content += part
                if len(content) > MAX_BYTES:
                    raise ValueError(f"more than {MAX_BYTES} bytes")
        return read_public_keys(bytes(content)), holds_for(response.headers.get("Cache-Control", ""))

    return load


def holds_for(cache_control: str) -> float:
    """How many seconds an answer's keys hold: its max-age, but a minute at least and a day at most; a quarter of an hour unless it says."""
    found = MAX_AGE.search(cache_control.lower())
    return min(max(float(found[1]), SHORTEST_SECONDS), LONGEST_SECONDS) if found else USUAL_SECONDS
