"""Turns every exception into an application/problem+json answer. What was not foreseen is logged and answered without its details."""

from collections.abc import Sequence
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from chassis.field_errors import field_error
from chassis.limits.json_bodies import unreadable
from chassis.problems import (
    BodyTooLarge,
    Conflict,
    Invalid,
    NotFound,
    PreconditionFailed,
    Problem,
    ProblemBody,
    Unavailable,
    ZeroCharacter,
)

log = structlog.get_logger()

RETRYABLE = {"40001", "40P01", "55P03"}
ZERO_CHARACTER = {"22021", "22P05"}  # how PostgreSQL refuses one in text and in JSON


def answer(problem: Problem) -> Response:
    """The HTTP answer of a problem."""
    return Response(
        problem.body().model_dump_json(),
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def install_error_answers(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, _unforeseen)


async def _problem(request: Request, error: Exception) -> Response:
    return answer(cast("Problem", error))


async def _validation(request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    if found[0]["type"] == "json_invalid":
        return answer(unreadable(found[0]["ctx"]["error"]))
    errors = [field_error(item | {"loc": _place(item)}) for item in found]
    return answer(Invalid("Some fields are wrong: " + "; ".join(f"{e.field}: {e.message}" for e in errors[:5]), errors=errors))


def _place(error: dict[str, Any]) -> Sequence[Any]:
    """Where in the body an error is, without the word body."""
    place: Sequence[Any] = error["loc"]
    return place[1:] if place[:1] == ("body",) else place


async def _http(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    if error.status_code == 404:
        return answer(NotFound())
    if error.status_code == 413:
        return body_too_large(request.app.state.service.body_limit(request.url.path))
    if isinstance(error.__cause__, Problem):  # raised while the body was read, which FastAPI answers without naming it
        return answer(error.__cause__)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    title = str(error.detail)
    detail = f"Only {headers['Allow']} can be asked for here." if headers.get("Allow") else title
    body = ProblemBody(type=f"urn:sightline:problem:http_{error.status_code}", title=title, status=error.status_code,
                       code=f"http_{error.status_code}", detail=detail)  # fmt: skip
    return Response(body.model_dump_json(), status_code=error.status_code, headers=headers, media_type="application/problem+json")


def body_too_large(limit: int) -> Response:
    return answer(BodyTooLarge(f"The body may have at most {limit} bytes. Send it in parts."))


def _allowed_methods(request: Request) -> list[str]:
    """The union of the methods of every route at this path (Starlette's 405 names the first route's only)."""
    routers = [getattr(route, "original_router", None) for route in request.app.routes]
    routes = [*request.app.routes, *(route for router in routers if router for route in router.routes)]
    matching = [route for route in routes if hasattr(route, "methods") and route.matches(dict(request.scope))[0] is not Match.NONE]
    return sorted(set().union(*(route.methods or () for route in matching)))


async def _stale(request: Request, error: Exception) -> Response:
    return answer(PreconditionFailed("It was changed at the same moment by somebody else. Read it again, then decide."))


async def _database(request: Request, error: Exception) -> Response:
    problem = problem_of(cast("DBAPIError", error))
    return answer(problem) if problem else await _unforeseen(request, error)


def problem_of(error: DBAPIError) -> Problem | None:
    """What the database's refusal means for who asked; None for what is our own fault."""
    state = getattr(error.orig, "sqlstate", None)
    if state in RETRYABLE:
        return Unavailable("Another change is under way. Try again.", headers={"Retry-After": "1"})
    if state in ZERO_CHARACTER:
        return ZeroCharacter()
    if isinstance(error, IntegrityError):
        constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
        log.info("integrity_conflict", constraint=constraint, sqlstate=state)
        return Conflict("This conflicts with what is already stored.", constraint=constraint)
    if error.connection_invalidated or state is None or state.startswith(("08", "57P")):
        log.warning("database_unreachable", sqlstate=state)
        return Unavailable("The database cannot be reached right now. Try again.", headers={"Retry-After": "2"})
    return None


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("unforeseen", path=request.url.path, method=request.method, exc_info=error)
    body = ProblemBody(type="urn:sightline:problem:internal", title="Internal error", status=500, code="internal",
                       detail="Something went wrong on our side. It has been logged.")  # fmt: skip
    return Response(body.model_dump_json(), status_code=500, media_type="application/problem+json")
