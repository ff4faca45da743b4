"""One transaction per request, committed before the answer leaves.

Routers use `TransactionalRoute`; an endpoint asks for `Read` or `Write` and never commits. GET and HEAD get a read-only transaction, other
methods a writing one. The route closes it after the endpoint has built its response, so a failing commit is an error answer, never a
success already sent; the idempotency record is stored in the same transaction. (FastAPI's own yield-dependencies end too late for that.)
Responses that stream open their own transactions.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response, params
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from chassis import idempotency
from chassis.database import Database, ReadSession, WriteSession
from chassis.identity import OutsideIdentity, Principal
from chassis.identity.api_keys import principal_of_api_key
from chassis.limits.json_bodies import BoundedJsonRequest, require_json
from chassis.limits.rates import charge
from chassis.problems import Unauthenticated
from chassis.query_parameters import check_query

SAFE_METHODS = {"GET", "HEAD"}

bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="A JWT of a trusted issuer, or an API key `sl_…`.")


async def authenticate(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Principal:
    """The principal of the request, proven and counted once. Raises Unauthenticated, TooManyRequests."""
    if not hasattr(request.state, "principal"):
        principal = await _prove(request, credentials)
        charge(request, principal)
        request.state.principal = principal
    return cast("Principal", request.state.principal)


async def _prove(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Principal:
    if credentials is None:
        raise Unauthenticated()
    if credentials.credentials.startswith("sl_"):
        return await principal_of_api_key(database_of(request), credentials.credentials)
    proven: Principal | OutsideIdentity = await request.app.state.verifier.verify(credentials.credentials)
    return proven if isinstance(proven, Principal) else await _find_person(request, proven)


async def _find_person(request: Request, identity: OutsideIdentity) -> Principal:
    principal: Principal = await request.app.state.service.find_person(database_of(request), identity)
    return principal


def database_of(request: Request) -> Database:
    return cast("Database", request.app.state.database)


Caller = Annotated[Principal, Depends(authenticate)]


async def open_transaction(request: Request, principal: Caller) -> ReadSession:
    """The request's transaction: read-only for safe methods, writing for the others."""
    session = getattr(request.state, "session", None)
    if session is None:
        database = database_of(request)
        safe = request.method in SAFE_METHODS
        block = database.read(principal.organization_id) if safe else database.write(principal.organization_id)
        session = request.state.session = await request.state.transaction.enter_async_context(block)
    return cast("ReadSession", session)


async def open_write_transaction(
    request: Request, principal: Caller, session: Annotated[ReadSession, Depends(open_transaction)]
) -> WriteSession:
    """The request's writing transaction, with its idempotency key claimed. An endpoint asks for its viewer first: who is no longer active
    gets no kept answer."""
    if not isinstance(session, WriteSession):
        raise TypeError("a GET endpoint asked for a writing transaction")
    await idempotency.begin(session, request, principal.subject)
    return session


async def end_transaction(request: Request) -> None:
    """End a read's transaction before the endpoint does slow work that needs no database, so that it holds no connection meanwhile."""
    await cast("AsyncExitStack", request.state.transaction).aclose()


Read = Annotated[ReadSession, Depends(open_transaction)]
Write = Annotated[WriteSession, Depends(open_write_transaction)]


async def refuse_unknown_parameters(request: Request, principal: Caller) -> None:
    """Raises what `check_query` raises; first comes who asks."""
    if request.query_params:
        check_query(request, request.scope["route"].dependant)


class TransactionalRoute(APIRoute):
    """Asks who is there before it reads the body, refuses bodies that are no JSON and queries that the endpoint does not know, and ends the
    request's transaction after the response is built and before it is sent."""

    def __init__(self, *arguments: Any, dependencies: Sequence[params.Depends] | None = None, **options: Any) -> None:
        super().__init__(*arguments, dependencies=[*(dependencies or ()), Depends(refuse_unknown_parameters)], **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def in_transaction(request: Request) -> Response:
            await authenticate(request, await bearer(request))  # FastAPI alone would first read the body, whoever sends it
            if self.body_field is not None:
                require_json(request)
            request = BoundedJsonRequest(request.scope, request.receive)
            async with AsyncExitStack() as stack:
                request.state.transaction = stack
                try:
                    response = await answer(request)
                except idempotency.Replay as replay:
                    return replay.response  # what it has recorded is committed
                session = getattr(request.state, "session", None)
                if isinstance(session, WriteSession):
                    await idempotency.finish(session, request, response)
            return response

        return in_transaction
