"""How long a request may take until its answer begins. One that takes longer is cancelled where it waits, and its transaction with it."""

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.error_answers import answer
from chassis.problems import Problem

log = structlog.get_logger()


class TookTooLong(Problem):
    status, code, title = 503, "took_too_long", "Took too long"


class DurationLimit:
    """Cancels a request that has not begun to answer after `seconds`, and answers 503 in its place."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_in_time(message: Message) -> None:
            clock.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self.seconds) as clock:
                await self.app(scope, receive, send_in_time)
        except TimeoutError:
            if not clock.expired():
                raise
            log.warning("took_too_long", method=scope["method"], path=scope["path"], seconds=self.seconds)
            await answer(self._problem())(scope, receive, send)

    def _problem(self) -> TookTooLong:
        advice = "Ask for less at once. Whether a change was made can be read; with an Idempotency-Key it can safely be sent again."
        return TookTooLong(f"This took longer than {self.seconds:g} seconds and was stopped. {advice}", headers={"Retry-After": "5"})
