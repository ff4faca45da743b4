"""Idempotency-Key on mutations: the whole operation is one transaction, in which its answer is kept under the key.

All mutations of a document are done once, together with the key, or none is; one that answers a problem undoes only itself. A repeat gets
the first answer, as in REST. Where nothing was written, nothing is kept: a query is read anew, and what was refused may be tried again.
"""

from asyncio import Lock
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from fastapi import Request, Response

from chassis import idempotency
from chassis.audit.records import forget_recorded
from chassis.database import Database, ReadSession, WriteSession
from chassis.identity import Principal
from chassis.pagination import CursorSigner
from chassis.service import Resources
from kpi_api.access.viewer import load_viewer
from kpi_api.graphql.context import Charge, Context


@dataclass(kw_only=True)
class OneTransaction(Context):
    """A context whose mutations and reads are savepoints of one transaction, so that each can fail by itself."""

    writing: WriteSession
    wrote: bool = False
    _one_at_a_time: Lock = field(default_factory=Lock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        async with self._one_at_a_time, self.writing.begin_nested():
            yield self.writing

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        try:
            async with self.writing.begin_nested():
                yield self.writing
        finally:
            forget_recorded(self.writing)
        self.wrote = True
        self.writing.expunge_all()  # what is read next is read from the database
        self.forget_loaded()


async def answer_once(
    request: Request,
    principal: Principal,
    database: Database,
    resources: Resources,
    signer: CursorSigner,
    charge: Charge,
    respond: Callable[[Context], Awaitable[Response]],
) -> Response:
    """The answer of an operation, or the kept one of an earlier request with its key.

    Raises Unauthenticated, IdempotencyKeyReused, AnswerForgotten, and what `respond` raises: then nothing was done.
    """
    async with database.write(principal.organization_id) as session:
        viewer = await load_viewer(principal, session)
        try:
            await idempotency.begin(session, request, principal.subject)
        except idempotency.Replay as replay:
            return replay.response  # what it has recorded is committed
        context = OneTransaction(viewer, database, resources, signer, charge, None, AsyncExitStack(), writing=session)
        response = await respond(context)
        if context.wrote:
            await idempotency.finish(session, request, response)
        else:
            await idempotency.release(session, request)
        return response
