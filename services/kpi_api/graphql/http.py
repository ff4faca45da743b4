"""GraphQL over HTTP (https://graphql.github.io/graphql-over-http): GET for queries, POST for all, JSON in and out.

Answers are `application/graphql-response+json` for clients that accept it: then what was never executed is a 400 without `data`. Others get
`application/json`, where errors of the operation are a 200. With an Idempotency-Key mutations are done once (`repeats`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from chassis.error_answers import problem_of
from chassis.idempotency import IdempotencyKey
from chassis.limits.json_bodies import read_json
from chassis.limits.rates import TooManyRequests, charge
from chassis.pagination import signer_of
from chassis.problems import Problem, UnreadableBody
from chassis.transactions import Caller, database_of
from kpi_api.graphql import explorer
from kpi_api.graphql.context import Context, open_context
from kpi_api.graphql.repeats import answer_once
from kpi_api.graphql.schema import schema

log = structlog.get_logger()

router = APIRouter(tags=["graphql"])
router.include_router(explorer.router)

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
METHODS = {
    "GET": {OperationType.QUERY},
    "POST": {OperationType.QUERY, OperationType.MUTATION},
}


OPERATION = {
    "type": "object",
    "required": ["query"],
    "properties": {
        "query": {"type": "string", "examples": ["{ viewer { person { displayName } } }"]},
        "operationName": {"type": ["string", "null"]},
        "variables": {"type": ["object", "null"]},
        "extensions": {"type": ["object", "null"]},
    },
}
BODY = {"required": True, "content": {JSON: {"schema": OPERATION}}}
PARAMETERS = [
    {"name": "query", "in": "query", "required": True, "schema": {"type": "string"}},
    {"name": "operationName", "in": "query", "schema": {"type": "string"}},
    {"name": "variables", "in": "query", "schema": {"type": "string"}, "description": "A JSON object."},
]
UNREAD = {"schema": {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "array"}}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not a GraphQL request", "content": {JSON: UNREAD, RESPONSE: UNREAD}},
    415: {"description": "Not application/json", "content": {JSON: UNREAD, RESPONSE: UNREAD}},
}


class Malformed(Exception):
    """The HTTP request is no GraphQL request: a status and what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})


@dataclass(frozen=True)
class Operation:
    """A GraphQL request."""

    query: str
    name: str | None
    variables: dict[str, Any] | None

    @classmethod
    def read(cls, given: Any) -> "Operation":
        """Raises Malformed."""
        if not isinstance(given, dict) or not isinstance(given.get("query"), str) or not given["query"]:
            raise Malformed(400, "Send `query`, the text of an operation.")
        name, variables, extensions = given.get("operationName"), given.get("variables"), given.get("extensions")
        if not isinstance(name, str | None):
            raise Malformed(400, "`operationName` is a string.")
        if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
            raise Malformed(400, "`variables` and `extensions` are objects.")
        return cls(given["query"], name, variables)


@router.get("/graphql", summary="Query the graph", responses=RESPONSES, openapi_extra={"parameters": PARAMETERS})
async def graphql_get(request: Request, principal: Caller) -> Response:
    """A query in the parameters `query`, `operationName` and `variables` (JSON). For mutations use POST."""
    return await answer(request, principal)


@router.post("/graphql", summary="Query and change the graph", responses=RESPONSES, openapi_extra={"requestBody": BODY})
async def graphql_post(request: Request, principal: Caller, idempotency_key: IdempotencyKey = None) -> Response:
    """An operation as a JSON object with `query`, `operationName` and `variables`.

    With an Idempotency-Key the mutations of the document are one transaction: they are done once, together or not at all.
    """
    return await answer(request, principal, idempotency_key)


async def answer(request: Request, principal: Caller, idempotency_key: str | None = None) -> Response:
    """The HTTP answer of an operation."""
    resources, charged = request.app.state.resources, partial(charge, request, principal)
    shared = (principal, database_of(request), resources, signer_of(request), charged)
    try:
        media_type = negotiate(request.headers.get("Accept"))
        operation = Operation.read(await _given(request))
        if idempotency_key:
            return await answer_once(request, *shared, lambda context: respond(request, context, operation, media_type))
        async with open_context(*shared) as context:
            return await respond(request, context, operation, media_type)
    except Malformed as malformed:
        refusal = {"errors": [{"message": malformed.message}]}
        return Response(orjson.dumps(refusal), malformed.status, headers=malformed.headers, media_type=JSON)


async def respond(request: Request, context: Context, operation: Operation, media_type: str) -> Response:
    """Raises Malformed, TooManyRequests."""
    result = await execute(request, context, operation)
    never_executed = isinstance(result, PreExecutionError)
    body: dict[str, Any] = {"errors": [told(error) for error in result.errors]} if result.errors else {}
    if not never_executed or media_type == JSON:
        body["data"] = result.data
    status = 400 if never_executed and media_type == RESPONSE else 200
    return Response(orjson.dumps(body), status, media_type=f"{media_type}; charset=utf-8")


async def execute(request: Request, context: Context, operation: Operation) -> ExecutionResult:
    """Raises Malformed for an operation that cannot be chosen or that the method does not allow, TooManyRequests for one too many."""
    try:
        result = await schema.execute(
            operation.query,
            variable_values=operation.variables,
            operation_name=operation.name,
            context_value=context,
            allowed_operation_types=METHODS[request.method],
        )
        _refuse_too_many(result)
        return result
    except CannotGetOperationTypeError:
        raise Malformed(400, "The document has no such operation, or several: say which by `operationName`.") from None
    except InvalidOperationTypeError:
        raise Malformed(405, "This method does not allow such an operation. Use POST.", {"Allow": "POST"}) from None


def _refuse_too_many(result: ExecutionResult) -> None:
    """Raises TooManyRequests, which is an answer of HTTP, where the operation was refused for its cost to the quota."""
    for error in result.errors or ():
        if isinstance(error.original_error, TooManyRequests):
            raise error.original_error


def negotiate(accept: str | None) -> str:
    """The media type to answer with. Raises Malformed 406 when the client accepts neither."""
    if not accept:
        return JSON
    ranges = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    for media_range in ranges:
        if media_range == RESPONSE:
            return RESPONSE
        if media_range in {JSON, "application/*", "*/*"}:
            return JSON
    raise Malformed(406, f"Accept {RESPONSE} or {JSON}.")


async def _given(request: Request) -> Any:
    if request.method == "GET":
        parameters = dict(request.query_params)
        return {**parameters, **{name: _parse(parameters[name]) for name in ("variables", "extensions") if parameters.get(name)}}
    media_type = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type != JSON:
        raise Malformed(415, f"Send {JSON}.")
    return _parse(await request.body())


def _parse(text: str | bytes) -> Any:
    try:
        return read_json(text.encode() if isinstance(text, str) else text)
    except UnreadableBody as unreadable:
        raise Malformed(400, unreadable.detail) from None


def told(error: GraphQLError) -> dict[str, Any]:
    """An error as the client may see it: problems with their codes; what was not foreseen is logged and told without its details."""
    original = error.original_error
    if isinstance(original, DBAPIError):
        original = problem_of(original) or original
    if isinstance(original, Problem):
        body = original.body()
        facts = {"code": body.code, "detail": body.detail, "errors": [item.model_dump(exclude_none=True) for item in body.errors]}
        return {**error.formatted, "message": body.detail, "extensions": facts}
    if original is not None and not isinstance(original, GraphQLError):
        log.error("unforeseen", path=error.path, exc_info=original)
        internal = {"message": "Something went wrong on our side. It has been logged.", "extensions": {"code": "internal"}}
        return {**error.formatted, **internal}
    return dict(error.formatted)
