"""Which machines webhooks may reach.

A name is resolved once, every address it leads to is judged, and only then is one of them connected to: nothing inside is touched, not even
by a connection that is closed again, and the name is not asked a second time.
"""

import asyncio
import re
import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore

Address = IPv4Address | IPv6Address
May = Callable[[Address], bool]

PUBLIC_IPV6 = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"({LABEL}\.)+(?!\d+$|0x)({LABEL})")


class Unreachable(Exception):
    """No address of the host may be reached, or none answers. It says not which: that would tell what stands inside."""


def is_public(address: Address) -> bool:
    """Whether an address is somewhere on the internet, whatever it is wrapped in."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address in NAT64:
        return is_public(IPv4Address(address.packed[-4:]))
    return address in PUBLIC_IPV6 and address.is_global and address.sixtofour is None


def is_loopback(address: Address) -> bool:
    return address.is_loopback


def could_be_public(host: str) -> bool:
    """Whether a host is a literal public address, or a name of two parts and more as the public DNS has them.

    Resolvers take `127.1`, `0x7f000001` and `2130706433` for addresses, too: what ends in a number is no name.
    """
    try:
        return is_public(ip_address(host))
    except ValueError:
        name = host.lower().removesuffix(".")
        return NAME.fullmatch(name) is not None and not name.endswith(".localhost")


class Guard(httpcore.AsyncNetworkBackend):
    """Connects to hosts all of whose addresses `may` be reached. Raises Unreachable."""

    def __init__(self, may: May) -> None:
        self._may = may
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        if not addresses or not all(map(self._may, addresses)):
            raise Unreachable
        for address in addresses:
            try:
                each = None if timeout is None else timeout / len(addresses)
                return await self._network.connect_tcp(str(address), port, each, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise Unreachable

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def _resolve(host: str, port: int) -> list[Address]:
    """Every address of the host, in the resolver's order."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(place[0]) for _, _, _, _, place in found))
