"""Posting to an address that a customer gave: no private networks, no redirects, no proxies, few ports, a time limit and a capped answer.

In production only https to globally reachable addresses. In development loopback is allowed too, so that a receiver can be tried locally.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx
from httpx_secure import SSRFProtectionError, httpx_ssrf_protection

from chassis.problems import Invalid
from chassis.settings import ServiceSettings

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
MAX_ANSWER_BYTES = 64 * 1024


class WebhookUrlRefused(Invalid):
    code, title = "webhook_url_refused", "Webhook address refused"


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: the HTTP status, or null and why there was none."""

    status: int | None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def check_url(text: str, settings: ServiceSettings) -> str:
    """The address, if webhooks may go there. Raises WebhookUrlRefused. What its name resolves to is checked at each connection."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise WebhookUrlRefused(f"This is not an address: {error}.", field="/url") from None
    if _to_loopback(url, settings):
        return text
    if url.scheme != "https" or not url.host:
        raise WebhookUrlRefused("Give an https address.", field="/url")
    if url.userinfo or url.fragment:
        raise WebhookUrlRefused("The address may hold neither credentials nor a fragment.", field="/url")
    if (url.port or 443) not in settings.webhook_ports:
        raise WebhookUrlRefused(f"Webhooks go to these ports only: {settings.webhook_ports}.", field="/url")
    if _is_private(url.host):
        raise WebhookUrlRefused("Webhooks go to public addresses only.", field="/url")
    return text


async def post(url: str, body: bytes, headers: Mapping[str, str], settings: ServiceSettings) -> Answer:
    """One attempt. Whatever goes wrong on the way is an Answer without a status; only a bug raises."""
    try:
        check_url(url, settings)  # again: the rules may have become stricter since it was registered
        async with asyncio.timeout(settings.webhook_timeout_seconds), _client(httpx.URL(url), settings) as client:
            return await _post(client, url, body, headers)
    except TimeoutError:
        return Answer(None, f"no answer within {settings.webhook_timeout_seconds:g} seconds")
    except SSRFProtectionError:
        return Answer(None, "the name leads to an address that webhooks may not reach")
    except WebhookUrlRefused as refused:
        return Answer(None, refused.detail)
    except httpx.HTTPError as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:500])


async def _post(client: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    async with client.stream("POST", url, content=body, headers=headers) as response:
        received = 0
        async for chunk in response.aiter_raw():
            received += len(chunk)
            if received > MAX_ANSWER_BYTES:
                break
        error = None if response.is_success else f"answered {response.status_code}"
        return Answer(response.status_code, error)


def _client(url: httpx.URL, settings: ServiceSettings) -> httpx.AsyncClient:
    """A client for one attempt, guarded when it connects: nothing it is allowed to reach outlives the attempt."""
    client = httpx.AsyncClient(verify=_trust(), trust_env=False, follow_redirects=False, timeout=settings.webhook_timeout_seconds)
    if _to_loopback(url, settings):
        return httpx_ssrf_protection(client, check_globally_reachable=False, custom_validator=_is_loopback)
    return httpx_ssrf_protection(client)


@cache
def _trust() -> ssl.SSLContext:
    """The trusted certificate authorities; reading them takes longer than an attempt, so once per process."""
    return httpx.create_ssl_context()


def _to_loopback(url: httpx.URL, settings: ServiceSettings) -> bool:
    return settings.development and url.scheme in {"http", "https"} and url.host in LOOPBACK_HOSTS


def _is_loopback(host: str, address: IPv4Address | IPv6Address, port: int) -> bool:
    return address.is_loopback


def _is_private(host: str) -> bool:
    """A literal address that is not globally reachable; names are left to the guard at the connection."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host in LOOPBACK_HOSTS or host.endswith(".localhost")
