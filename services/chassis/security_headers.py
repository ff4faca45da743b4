"""The headers that tell a browser to do as little as possible with an answer, and which other sites' scripts may read it at all.

An answer may set one of them itself: the explorers' pages bring a wider Content-Security-Policy.
"""

import base64
import hashlib
import re
from collections.abc import Sequence

from fastapi.responses import HTMLResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = tuple[tuple[bytes, bytes], ...]

ALWAYS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
IN_PRODUCTION: Headers = ((b"strict-transport-security", b"max-age=31536000"),)

READABLE = ["ETag", "Idempotency-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate"]
SENDABLE = ["Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Prefer"]
METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def security_headers(*, production: bool) -> Headers:
    """The headers of every answer. HTTPS is demanded in production only: a development service speaks plain HTTP."""
    return (*ALWAYS, *IN_PRODUCTION) if production else ALWAYS


class SecurityHeaders:
    """Adds the security headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: Headers) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((n, v) for n, v in self.headers if n not in present)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def shared_with(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The application, whose answers scripts of these origins may read (CORS); of no origin when none is named. No cookies: who asks is
    said by the Authorization header alone."""
    if not origins:
        return app
    return CORSMiddleware(app, allow_origins=origins, allow_methods=METHODS, allow_headers=SENDABLE, expose_headers=READABLE, max_age=3600)


def page(html: str) -> HTMLResponse:
    """A page of ours, which may run its own scripts and those of this service, and ask this service alone."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in INLINE_SCRIPT.findall(html))
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)])
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
