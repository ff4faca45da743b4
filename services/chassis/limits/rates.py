"""How many requests a principal may make: a quota per minute, which is used up at will and comes back steadily.

Each process counts for itself, in memory: a service of three replicas lets through up to three times the quota. Persons and API keys are
counted by who they are; whoever proves nothing is counted by address. Sibling services are not counted: whom they act for is counted by
them. Answers carry `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers-10).
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.error_answers import answer
from chassis.identity import Principal
from chassis.problems import Problem
from chassis.settings import ServiceSettings

WINDOW_SECONDS = 60
MOST_COUNTED = 100_000
"""Principals that are remembered; whoever has his whole quota needs no remembering."""


class TooManyRequests(Problem):
    status, code, title = 429, "too_many_requests", "Too many requests"


@dataclass(frozen=True)
class Policy:
    """So many requests per window; `name` says of whom or of what."""

    name: str
    quota: int

    @property
    def header(self) -> str:
        return f'"{self.name}";q={self.quota};w={WINDOW_SECONDS}'


@dataclass(frozen=True)
class Allowance:
    """What is left of a quota after a request, in whole requests, and in how many seconds all of it is back. `wait` is absent when the
    request is within it, else the seconds until the next one is."""

    policy: Policy
    left: int
    full_in: int
    wait: int | None = None

    @property
    def header(self) -> str:
        return f'"{self.policy.name}";r={self.left};t={self.full_in}'

    def refusal(self) -> TooManyRequests:
        return TooManyRequests(
            f"More than {self.policy.quota} requests in {WINDOW_SECONDS} seconds ({self.policy.name}). Wait {self.wait} s.",
            headers={"Retry-After": str(self.wait)},
        )


class Counter:
    """Counts requests by the moment at which all of a quota will be back, one number per policy and principal."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}

    def take(self, policy: Policy, who: str, requests: int = 1) -> Allowance:
        """Use so many requests of `who`'s quota; what is refused uses nothing."""
        now, pace = self._clock(), WINDOW_SECONDS / policy.quota
        before = max(self._full_at.get((policy.name, who), now), now) - now
        used = before + pace * requests
        if used > WINDOW_SECONDS + 1e-6:
            return Allowance(policy, 0, ceil(before), wait=max(ceil(used - WINDOW_SECONDS), 1))
        self._remember((policy.name, who), now + used, now)
        return Allowance(policy, int((WINDOW_SECONDS - used) / pace + 1e-6), ceil(used))

    def _remember(self, who: tuple[str, str], full_at: float, now: float) -> None:
        if who not in self._full_at and len(self._full_at) >= MOST_COUNTED:
            self._full_at = {key: moment for key, moment in self._full_at.items() if moment > now}
            if len(self._full_at) > MOST_COUNTED / 2:  # so many at once are made up; to look through them each time would cost more
                self._full_at.clear()
        self._full_at[who] = full_at


class Rates:
    """The quotas of a service. `bulk_paths` are patterns of whole paths at which a request costs as much as many."""

    def __init__(self, settings: ServiceSettings, bulk_paths: Sequence[str]) -> None:
        self._counter = Counter()
        self._bulk_paths = [re.compile(pattern) for pattern in bulk_paths]
        self._bulk = Policy("bulk", settings.bulk_requests_per_minute)
        self._address = Policy("address", settings.address_requests_per_minute)
        self._kinds = {
            "person": Policy("person", settings.person_requests_per_minute),
            "key": Policy("key", settings.key_requests_per_minute),
        }

    def charge_principal(self, scope: Scope, principal: Principal, requests: int = 1) -> None:
        """Count so many requests to a proven principal. Raises TooManyRequests."""
        if principal.kind == "service":
            scope["state"]["allowance"] = None
            return
        bulk = scope["method"] not in {"GET", "HEAD"} and any(pattern.fullmatch(scope["path"]) for pattern in self._bulk_paths)
        policy = self._bulk if bulk else self._kinds[principal.kind]
        self._charge(scope, policy, f"{principal.organization_id}/{principal.subject}", requests)

    def charge_address(self, scope: Scope) -> None:
        """Count a request of somebody unknown to the address it comes from. Raises TooManyRequests."""
        self._charge(scope, self._address, network_of((scope.get("client") or ("unknown",))[0]))

    def _charge(self, scope: Scope, policy: Policy, who: str, requests: int = 1) -> None:
        allowance = scope["state"]["allowance"] = self._counter.take(policy, who, requests)
        if allowance.wait:
            raise allowance.refusal()


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 of an IPv6 address, all of which one subscriber has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else parsed.exploded[:19]
    return str(parsed)


def charge(request: Request, principal: Principal, requests: int = 1) -> None:
    """Count this request to its principal, as so many if it costs as much as they. Raises TooManyRequests."""
    request.app.state.rates.charge_principal(request.scope, principal, requests)


class RateLimit:
    """Refuses unknown clients that ask too often, and says on each answer how much is left.

    A request without credentials is counted before anything is done. One with credentials is counted to their principal once they are
    proven (`charge`); where nobody asked for a proof, or it failed, it is counted to the address instead. So nobody who proves who he is
    suffers from others at his address.
    """

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self.app = app
        self.rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})
        sender = _Sender(self.rates, scope, receive, send)
        if not any(name == b"authorization" for name, _ in scope["headers"]) and not await sender.within_quota():
            return None
        return await self.app(scope, receive, sender)


class _Sender:
    """Sends an answer with the headers of its allowance, or in its place that there were too many."""

    def __init__(self, rates: Rates, scope: Scope, receive: Receive, send: Send) -> None:
        self.rates, self.scope, self.receive, self.send = rates, scope, receive, send
        self.refused = False

    async def within_quota(self) -> bool:
        """Count to the address what nobody else was charged for; if that is too much, answer so."""
        if "allowance" not in self.scope["state"]:
            try:
                self.rates.charge_address(self.scope)
            except TooManyRequests as refusal:
                self.refused = True
                await answer(refusal)(self.scope, self.receive, self._send_with_headers)
        return not self.refused

    async def __call__(self, message: Message) -> None:
        if not self.refused and (message["type"] != "http.response.start" or await self.within_quota()):
            await self._send_with_headers(message)

    async def _send_with_headers(self, message: Message) -> None:
        allowance: Allowance | None = self.scope["state"].get("allowance")
        if message["type"] == "http.response.start" and allowance:
            headers = MutableHeaders(scope=message)
            headers["RateLimit-Policy"], headers["RateLimit"] = allowance.policy.header, allowance.header
        await self.send(message)
