"""Posting to an address that a customer gave: no private networks, no redirects, no proxies, few ports, a time limit and a capped answer.

In production only https to public addresses. In development loopback is allowed too, so that a receiver can be tried locally.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from chassis.problems import Invalid
from chassis.settings import ServiceSettings
from chassis.webhooks.addresses import Guard, Unreachable, could_be_public, is_loopback, is_public

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
MAX_ANSWER_BYTES = 64 * 1024
UNREACHABLE = "the address cannot be reached from here, or webhooks may not reach it"


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
    """The address, if webhooks may go there. Raises WebhookUrlRefused. What its name leads to is judged before each connection."""
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
    if not could_be_public(url.raw_host.decode()):
        raise WebhookUrlRefused("Webhooks go to public addresses only, best by name, such as hooks.example.com.", field="/url")
    return text


async def post(url: str, body: bytes, headers: Mapping[str, str], settings: ServiceSettings) -> Answer:
    """One attempt. Whatever goes wrong on the way is an Answer without a status; only a bug raises."""
    try:
        check_url(url, settings)  # again: the rules may have become stricter since it was registered
        async with asyncio.timeout(settings.webhook_timeout_seconds):
            return await _post(httpx.URL(url), body, headers, settings)
    except TimeoutError:
        return Answer(None, f"no answer within {settings.webhook_timeout_seconds:g} seconds")
    except Unreachable:
        return Answer(None, UNREACHABLE)
    except WebhookUrlRefused as refused:
        return Answer(None, refused.detail)
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:500])


async def _post(url: httpx.URL, body: bytes, headers: Mapping[str, str], settings: ServiceSettings) -> Answer:
    """By a pool of its own, so that nothing it is allowed to reach outlives the attempt."""
    guard = Guard(is_loopback if _to_loopback(url, settings) else is_public)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    limits = dict.fromkeys(("connect", "read", "write", "pool"), settings.webhook_timeout_seconds)
    async with (
        httpcore.AsyncConnectionPool(ssl_context=_trust(), network_backend=guard) as pool,
        pool.stream("POST", target, headers=list(headers.items()), content=body, extensions={"timeout": limits}) as response,
    ):
        await _read_some(response)
        return Answer(response.status, None if 200 <= response.status < 300 else f"answered {response.status}")


async def _read_some(response: httpcore.Response) -> None:
    received = 0
    async for chunk in response.aiter_stream():
        received += len(chunk)
        if received > MAX_ANSWER_BYTES:
            break


@cache
def _trust() -> ssl.SSLContext:
    """The trusted certificate authorities; reading them takes longer than an attempt, so once per process."""
    return httpx.create_ssl_context()


def _to_loopback(url: httpx.URL, settings: ServiceSettings) -> bool:
    return settings.development and url.scheme in {"http", "https"} and url.host in LOOPBACK_HOSTS
