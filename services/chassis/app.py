"""Serves a `Service` over HTTP: routers, problems, health, limits and security headers.

`create_app(service)` makes the ASGI application. Its state holds `service`, `database`, `verifier`, `cursor_signer` and the service's
`resources`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from chassis import health
from chassis.error_answers import install_error_answers
from chassis.explorer import add_explorer
from chassis.identity.trust import open_verifier
from chassis.limits.bodies import BodyLimit
from chassis.limits.durations import DurationLimit
from chassis.limits.rates import RateLimit, Rates
from chassis.pagination import CursorSigner
from chassis.problems import ProblemBody
from chassis.security_headers import SecurityHeaders, security_headers, shared_with
from chassis.service import Service

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}}
    for status, description in {
        400: "Cannot be read: malformed, or a cursor of another list",
        401: "Not authenticated",
        403: "Visible, but not yours to do",
        404: "Nothing there that you may see",
        409: "Conflicts with the present state",
        412: "Changed since you read it",
        422: "Invalid content; `errors` names each field",
        428: "If-Match required",
        429: "Too many requests; `Retry-After` says how long to wait",
    }.items()
}
RATE_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}}
    for name, description in {
        "Retry-After": "Seconds until a request is let through again.",
        "RateLimit-Policy": "The quota `q` per `w` seconds, of this principal and in the replica that answers; it stands on every answer.",
        "RateLimit": "What is left of it, `r`, and in how many seconds, `t`, all of it is back; it stands on every answer.",
    }.items()
}
NOT_ACCEPTABLE: dict[int | str, dict[str, Any]] = {406: PROBLEM_RESPONSES[422] | {"description": "No form that `Accept` names is there"}}
NOT_JSON = {**PROBLEM_RESPONSES[422], "description": "The body is not declared to be application/json"}
PROBLEM_RESPONSES[429]["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS}


def create_app(service: Service) -> FastAPI:
    """The ASGI application of a service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running_state(app, service):
            yield

    app = FastAPI(
        title=service.title,
        description=service.description,
        version="1",
        lifespan=lifespan,
        responses=PROBLEM_RESPONSES,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # to where the proxy in front is not, over plain http
        separate_input_output_schemas=False,
    )
    app.state.service = service
    install_error_answers(app)
    app.include_router(health.router)
    if service.settings.development:
        for router in service.development_routers:
            app.include_router(router)
    for router in service.routers:
        app.include_router(router)
    add_explorer(app)
    _publish_problem_schema(app)
    app.middleware_stack = _guarded(app, service)
    return app


def _guarded(app: FastAPI, service: Service) -> ASGIApp:
    """The application behind its limits, from the inside out. They stand around the answers to what was not foreseen, too, so that every
    answer has the headers; `add_middleware` would put them within."""
    settings = service.settings
    app.state.rates = Rates(settings, service.bulk_paths)
    guarded: ASGIApp = BodyLimit(app.build_middleware_stack(), service)
    guarded = RateLimit(DurationLimit(guarded, settings.request_seconds), app.state.rates)
    return SecurityHeaders(shared_with(guarded, settings.cors_origins), security_headers(production=not settings.development))


@asynccontextmanager
async def running_state(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Opens what requests need: the database, key files and the service's resources."""
    database = service.database()
    app.state.database = database
    app.state.cursor_signer = CursorSigner((service.settings.key_folder / "cursor.key").read_bytes())
    try:
        async with (
            open_verifier(service.settings, service.name, service.trusted_services) as app.state.verifier,
            service.resources(database) as app.state.resources,
        ):
            yield
    finally:
        await database.close()


def _publish_problem_schema(app: FastAPI) -> None:
    """Add ProblemBody to the OpenAPI components, which FastAPI only does for response models."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        schema: dict[str, Any] = original()
        components: dict[str, Any] = schema.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        components.update(problem.pop("$defs"))
        components["ProblemBody"] = problem
        schema["components"]["headers"] = RATE_HEADERS
        _name_problems(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _name_problems(schema: Mapping[str, Any]) -> None:
    """Validation errors are problems too: replace FastAPI's own 422 body."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            if set(operation.get("requestBody", {}).get("content", {})) == {"application/json"}:
                operation["responses"].setdefault("415", NOT_JSON)
            if "422" in operation.get("responses", {}):
                operation["responses"]["422"] = PROBLEM_RESPONSES[422]
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
