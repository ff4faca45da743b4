"""Serves a `Service` over HTTP: routers, problems, health, limits and security headers.

`create_app(service)` makes the ASGI application. Its state holds `service`, `database`, `verifier`, `cursor_signer` and the service's
`resources`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import development, health
from chassis.error_answers import body_too_large, install_error_answers
from chassis.explorer import add_explorer
from chassis.identity.trust import open_verifier
from chassis.pagination import CursorSigner
from chassis.problems import ProblemBody
from chassis.service import Service

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}}
    for status, description in {
        401: "Not authenticated",
        403: "Visible, but not yours to do",
        404: "Nothing there that you may see",
        409: "Conflicts with the present state",
        412: "Changed since you read it",
        422: "Invalid content; `errors` names each field",
        428: "If-Match required",
    }.items()
}


class SecurityHeaders:
    """Adds the security headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((n, v) for n, v in SECURITY_HEADERS if n not in present)]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a body larger than the service takes at this path: one that is declared too large before reading it, the others while they
    are counted. (Starlette's own limit would answer a declared one in plain text, past our form of problems.)"""

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
        separate_input_output_schemas=False,
    )
    app.state.service = service
    app.add_middleware(BodyLimit, service=service)
    app.add_middleware(SecurityHeaders)
    install_error_answers(app)
    app.include_router(health.router)
    if service.settings.development:
        app.include_router(development.router)
    for router in service.routers:
        app.include_router(router)
    add_explorer(app)
    _publish_problem_schema(app)
    return app


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
        _name_problems(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _name_problems(schema: Mapping[str, Any]) -> None:
    """Validation errors are problems too: replace FastAPI's own 422 body."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            if "422" in operation.get("responses", {}):
                operation["responses"]["422"] = PROBLEM_RESPONSES[422]
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
