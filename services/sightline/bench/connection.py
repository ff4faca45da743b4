"""A client that does nothing but send and read, over one connection, so that what is measured is the server."""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

from sightline.bench.stage import BenchFailed

Request = tuple[str, str, bytes, str]
"""Method, path with query, body, bearer token."""


async def ask(address: str, requests: Iterable[Request]) -> list[bytes]:
    """The bodies of the answers, asked for one after the other. Raises BenchFailed for any that is not a 200."""
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        answers = []
        for method, path, body, token in requests:
            head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answers.append(await _read(reader))
        return answers
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(int(line.partition(":")[2]) for line in head.splitlines() if line.startswith("content-length"))
    body = await reader.readexactly(length)
    if " 200 " not in head.splitlines()[0]:
        raise BenchFailed(f"{head.splitlines()[0]}: {body[:1000].decode()}", "See what the service logged.")
    return body
