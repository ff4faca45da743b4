"""How many connections may be open, how large headers may be, and how slowly a client may send and read: what only the connection can tell.

Uvicorn's protocol for httptools sets no such bounds. `limited_protocol` makes one that does, to be given to `uvicorn.run(http=...)`.
Waiting is counted in ticks, so that a moment in which this process was busy is held against nobody.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from chassis.error_answers import answer
from chassis.problems import Problem

TICKS = 20
"""How often within the grace a connection is looked at."""


class MalformedRequest(Problem):
    status, code, title = 400, "malformed_request", "Not an HTTP request"


class HeadersTooLarge(Problem):
    status, code, title = 431, "headers_too_large", "Headers too large"


class RequestTooSlow(Problem):
    status, code, title = 408, "request_too_slow", "Request came too slowly"


class TooManyConnections(Problem):
    status, code, title = 503, "too_many_connections", "Too many connections"

    def __init__(self) -> None:
        super().__init__("This server has as many connections open as it may. Try again in a moment.", headers={"Retry-After": "5"})


@dataclass(frozen=True)
class ConnectionLimits:
    """`connections` may be open at once in this process, resting ones and WebSockets counted; one more is answered and hung up at once.

    `slow_seconds` is the time for a whole head (request line and headers), and the grace after which a body must have come, and an
    answer must be taken, at `bytes_per_second` on average. `headers` go with answers that are given before the application is asked."""

    connections: int
    header_bytes: int
    header_count: int
    slow_seconds: float
    bytes_per_second: int
    headers: tuple[tuple[bytes, bytes], ...] = ()


def limited_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """Uvicorn's protocol with these limits."""
    return type("LimitedConnection", (LimitedConnection,), {"limits": limits})


class LimitedConnection(HttpToolsProtocol):
    """A connection that is refused or cut when it exceeds `limits`."""

    limits: ClassVar[ConnectionLimits]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._refusal: Problem | None = None
        self._in_body = False  # the head is there and the body is not yet
        self._head_bytes = 0  # received since the last that was recognised: a head, a part of a body
        self._body_bytes = 0
        self._waited = 0.0  # seconds, for what the client owes us: a head or a body
        self._stuck = 0.0  # seconds that it has not taken what we sent
        self._unsent = 0
        self._tick = self.limits.slow_seconds / TICKS
        self._timer = self.loop.call_later(self._tick, self._look)
        if len(self.connections) > self.limits.connections:
            self._refuse(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._timer.cancel()
        super().handle_websocket_upgrade()

    # What comes in

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > self.limits.header_bytes and not self.transport.is_closing():
            self._refuse(self._too_large())

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._waited = 0.0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > self.limits.header_count:
            self._stop(self._too_large())

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > self.limits.header_bytes:
            self._stop(self._too_large())
        self._begin_body()
        super().on_headers_complete()

    def _begin_body(self) -> None:
        self._in_body = True
        self._head_bytes = self._body_bytes = 0
        self._waited = 0.0

    def on_chunk_header(self) -> None:
        self._head_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._head_bytes = 0
        self._waited = 0.0
        super().on_message_complete()

    def resume_writing(self) -> None:
        self._stuck = 0.0
        super().resume_writing()

    # What is refused

    def _too_large(self) -> HeadersTooLarge:
        limits = self.limits
        most = f"{limits.header_count} headers, and {limits.header_bytes} bytes in its address and headers together"
        return HeadersTooLarge(f"A request may have at most {most}.")

    def _stop(self, problem: Problem) -> None:
        """Stop the parser, which then has `send_400_response` called."""
        self._refusal = problem
        raise ValueError(problem.code)

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal or MalformedRequest("This is not HTTP/1.1."))

    def _refuse(self, problem: Problem) -> None:
        """Answer, unless an answer is under way already, and hang up."""
        cycle: Any = self.cycle
        if cycle and cycle.response_started and not cycle.response_complete:
            self.transport.abort()
            return
        if cycle:
            cycle.disconnected = True
            cycle.message_event.set()
        response = answer(problem)
        head = [*response.raw_headers, *self.limits.headers, (b"connection", b"close")]
        lines = [STATUS_LINE[problem.status], *(b"%s: %s\r\n" % header for header in head), b"\r\n"]
        self.transport.write(b"".join(lines) + bytes(response.body))
        self.transport.close()

    # What takes too long

    def _look(self) -> None:
        self._timer = self.loop.call_later(self._tick, self._look)
        if self._reads_too_slowly():
            self.transport.abort()
        elif not self.transport.is_closing() and self._sends_too_slowly():
            self._give_up()

    def _reads_too_slowly(self) -> bool:
        unsent, before = self.transport.get_write_buffer_size(), self._unsent
        self._unsent = unsent
        taken = before - unsent >= self.limits.bytes_per_second * self._tick
        self._stuck = 0.0 if unsent == 0 or taken else self._stuck + self._tick
        return self._stuck > self.limits.slow_seconds

    def _sends_too_slowly(self) -> bool:
        if not self._is_owed():
            return False
        self._waited += self._tick
        credit = self._body_bytes / self.limits.bytes_per_second if self._in_body and not self.cycle.response_complete else 0.0
        return self._waited > self.limits.slow_seconds + credit

    def _is_owed(self) -> bool:
        """Whether the client must send something now; how long a connection may rest between requests is Uvicorn's `timeout_keep_alive`."""
        if self._in_body:
            return not self.flow.read_paused
        answered = self.cycle is None or self.cycle.response_complete
        return answered and self.timeout_keep_alive_task is None

    def _give_up(self) -> None:
        if self._in_body and self.cycle.response_complete:  # a rest of a body that nobody waits for
            self.transport.close()
        else:
            what = "body" if self._in_body else "head"
            self._refuse(RequestTooSlow(f"The {what} of the request took longer than {self._waited:.0f} seconds. Send it again, faster."))
