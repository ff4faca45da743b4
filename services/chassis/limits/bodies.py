"""How large a body may be: one that is declared too large is refused before it is read, the others while they are counted."""

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.error_answers import body_too_large
from chassis.service import Service


class BodyLimit:
    """Refuses a body larger than the service takes at this path. (Starlette's own limit would answer a declared one in plain text, past
    our form of problems.)"""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.service.body_limit(scope["path"])
        declared = dict(scope["headers"]).get(b"content-length", b"")
        too_large = declared.isdigit() and int(declared) > limit
        answer = body_too_large(limit) if too_large else RequestBodyLimitMiddleware(self.app, limit)
        return await answer(scope, receive, send)
