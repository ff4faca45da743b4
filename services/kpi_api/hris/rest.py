"""REST of HRIS sources, and the door at which they deliver."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from chassis.etags import set_etag
from chassis.idempotency import IdempotencyKey
from chassis.sealing import Sealer, sealer
from chassis.transactions import Read, TransactionalRoute, Write, database_of
from kpi_api.access.door import CurrentViewer
from kpi_api.hris import inbound, sources
from kpi_api.hris.schemas import EmploymentChange, NewSource, Received, SourceDetail, SourceIn, SourceOut
from kpi_api.hris.shown import source_shown

router = APIRouter(prefix="/v1/hris/sources", tags=["hris"], route_class=TransactionalRoute)
deliveries = APIRouter(prefix="/v1/hris/sources", tags=["hris"])



def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that refers to none of its own definitions, which an OpenAPI document would not find there."""
    definitions = schema.pop("$defs", {})
    for name, value in schema["properties"].items():
        if (reference := value.get("$ref")) is not None:
            schema["properties"][name] = definitions[reference.rpartition("/")[2]]
    return schema


SIGNED_BODY: dict[str, Any] = {
    "security": [],
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": description}
        for name, description in {
            "webhook-id": "Unique id of the message; a repeat is recognised by it.",
            "webhook-timestamp": "Seconds since 1970; at most five minutes away from now.",
            "webhook-signature": "`v1,` and the base64 HMAC-SHA-256 of `id.timestamp.body`.",
        }.items()
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _whole(EmploymentChange.model_json_schema())}}},
}


def _sealer(request: Request) -> Sealer:
    return sealer(request.app.state.service.settings.key_folder)


@router.get("", summary="HRIS sources")
async def list_sources(viewer: CurrentViewer, session: Read) -> list[SourceOut]:
    """Needs hr_admin or auditor."""
    return [SourceOut.model_validate(row) for row in await sources.sources(viewer, session)]


@router.get("/{source_id}", summary="Read an HRIS source")
async def get_source(source_id: UUID, viewer: CurrentViewer, session: Read) -> SourceDetail:
    """Without its secret. Needs hr_admin or auditor."""
    return await source_shown(viewer, await sources.source(viewer, session, source_id))


@router.post("", status_code=201, summary="Register an HRIS source")
async def post_source(
    given: SourceIn, request: Request, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> NewSource:
    """Needs hr_admin. The answer holds the signing secret, which is shown only now."""
    registered, secret = await sources.register_source(viewer, session, _sealer(request), given.name)
    set_etag(response, registered)
    return NewSource(**(await source_shown(viewer, registered)).model_dump(), secret=secret)


@router.post("/{source_id}/rotate-secret", summary="Rotate a source's secret")
async def post_rotation(source_id: UUID, request: Request, viewer: CurrentViewer, session: Write) -> NewSource:
    """Needs hr_admin. The old secret is taken for another day."""
    rotated = await sources.source(viewer, session, source_id)
    secret = await sources.rotate_secret(viewer, session, _sealer(request), rotated)
    return NewSource(**(await source_shown(viewer, rotated)).model_dump(), secret=secret)


@router.post("/{source_id}/disable", summary="Disable a source")
async def post_disable(source_id: UUID, viewer: CurrentViewer, session: Write) -> SourceDetail:
    """Needs hr_admin. Its messages are refused from now on."""
    found = await sources.source(viewer, session, source_id)
    await sources.disable_source(viewer, session, found)
    return await source_shown(viewer, found)


@deliveries.post("/{source_id}/events", summary="Deliver an employment change", openapi_extra=SIGNED_BODY)
async def post_event(source_id: UUID, request: Request) -> Received:
    """Signed by Standard Webhooks with the source's secret. Send the same message as often as you like: it is worked once.

    Somebody unknown is added. A message older than one already worked about the same person changes nothing.
    """
    return await inbound.receive(database_of(request), _sealer(request), source_id, request.headers, await request.body())
