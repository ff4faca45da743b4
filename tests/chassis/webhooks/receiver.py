"""A small HTTP server on loopback that keeps what it is sent and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

REASONS = {200: "OK", 302: "Found", 410: "Gone", 500: "Internal Server Error"}


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answer` decides the status of each message; `extra` is raw header lines sent along."""

    url: str = ""
    messages: list[Received] = field(default_factory=list)
    answer: Callable[[Received], int] = lambda _: 200
    extra: str = ""
    content: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        message = Received(headers, await reader.readexactly(int(headers.get("content-length", "0"))))
        self.messages.append(message)
        status = self.answer(message)
        writer.write(
            f"HTTP/1.1 {status} {REASONS[status]}\r\n{self.extra}Content-Length: {len(self.content)}\r\n\r\n".encode() + self.content
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await receiver.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):  # who connects may say nothing
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield receiver
