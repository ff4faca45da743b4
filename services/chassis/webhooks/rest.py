"""The webhook doors, the same in both services: endpoints, secrets, pings, deliveries, the catalogue of event types."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from sqlalchemy import select

from chassis.etags import IfMatch, require_match, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.settings import ServiceSettings
from chassis.transactions import Caller, Read, TransactionalRoute, Write
from chassis.webhooks import actions, schemas
from chassis.webhooks.models import WebhookDelivery, WebhookEndpoint
from chassis.webhooks.shown import endpoint_shown

Status = Annotated[Literal["pending", "delivered", "parked"] | None, Query(description="Only deliveries in this state.")]

CHASSIS_EVENT_TYPES = {
    "webhook.ping": "Sent to one endpoint because somebody asked for it.",
    "webhook_endpoint.disabled": "An endpoint failed for days, or said it is gone, and gets nothing until it is enabled again.",
}


def webhook_router(administrator: Callable[..., Awaitable[Any]], catalogue: Mapping[str, str]) -> APIRouter:
    """The doors under /v1/webhook-endpoints. `administrator` is a FastAPI dependency that raises NotAllowed for whoever may not manage
    webhooks; `catalogue` maps the service's event types to their descriptions."""
    known = {**catalogue, **CHASSIS_EVENT_TYPES}
    router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=TransactionalRoute, dependencies=[Depends(administrator)])
    _add_endpoint_doors(router, known)
    _add_endpoint_verbs(router)
    _add_delivery_doors(router)

    @router.get("/webhook-event-types", summary="List the event types that can be sent")
    async def list_event_types() -> list[schemas.EventTypeDescription]:
        """What each type means. Its data are ids and facts; ask the API for the rest."""
        return [schemas.EventTypeDescription(type=name, description=text) for name, text in sorted(known.items())]

    return router


def _add_endpoint_doors(router: APIRouter, known: Mapping[str, str]) -> None:
    @router.post("/webhook-endpoints", status_code=201, summary="Register a webhook endpoint")
    async def register(
        wanted: schemas.EndpointInput, caller: Caller, session: Write, request: Request, response: Response, key: IdempotencyKey = None
    ) -> schemas.NewEndpoint:
        """The answer holds the signing secret, which is shown only now."""
        endpoint, secret = await actions.register(caller.subject, session, _settings(request), known, wanted)
        set_etag(response, endpoint)
        return schemas.NewEndpoint(**(await endpoint_shown(endpoint)).model_dump(), secret=secret)

    @router.get("/webhook-endpoints", summary="List webhook endpoints")
    async def list_endpoints(session: Read, page: Paging) -> Page[schemas.Endpoint]:
        """In the order they were registered."""
        rows = await fetch_page(
            session,
            select(WebhookEndpoint),
            page,
            keys=[(WebhookEndpoint.id, lambda row: row.id)],
            scope=f"webhook_endpoints:{session.organization_id}",
        )
        return Page(items=[schemas.endpoint_view(row) for row in rows], next=page.link_next(rows))

    @router.get("/webhook-endpoints/{endpoint_id}", summary="Read a webhook endpoint")
    async def read_endpoint(endpoint_id: UUID, session: Read, response: Response) -> schemas.EndpointDetail:
        """Without its secret."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        set_etag(response, endpoint)
        return await endpoint_shown(endpoint)

    @router.put("/webhook-endpoints/{endpoint_id}", summary="Change a webhook endpoint")
    async def change(
        endpoint_id: UUID,
        wanted: schemas.EndpointChange,
        caller: Caller,
        session: Write,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> schemas.EndpointDetail:
        """Its address, types, description, and whether it is enabled. What is parked stays parked until it is replayed."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        require_match(if_match, endpoint)
        await actions.change(caller.subject, session, _settings(request), known, endpoint, wanted)
        await session.flush()
        set_etag(response, endpoint)
        return await endpoint_shown(endpoint)

    @router.delete("/webhook-endpoints/{endpoint_id}", status_code=204, summary="Remove a webhook endpoint")
    async def remove(endpoint_id: UUID, caller: Caller, session: Write) -> None:
        """With its secrets and deliveries. The events stay in the feed."""
        await actions.remove(caller.subject, session, await actions.find_endpoint(session, endpoint_id))


def _add_endpoint_verbs(router: APIRouter) -> None:
    @router.post("/webhook-endpoints/{endpoint_id}/secrets", status_code=201, summary="Rotate the signing secret")
    async def rotate(
        endpoint_id: UUID, rotation: Annotated[schemas.Rotation, Body(default_factory=schemas.Rotation)],
        caller: Caller, session: Write, request: Request, key: IdempotencyKey = None
    ) -> schemas.NewSecret:
        """Messages carry both signatures until the overlap ends, so that the receiver can change over without losing one."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        overlap = timedelta(hours=rotation.overlap_hours)
        secret, until = await actions.rotate_secret(caller.subject, session, _settings(request), endpoint, overlap)
        return schemas.NewSecret(secret=secret, old_secrets_sign_until=until)

    @router.post("/webhook-endpoints/{endpoint_id}/ping", status_code=202, summary="Send a ping")
    async def ping(endpoint_id: UUID, session: Write) -> schemas.Pinged:
        """A `webhook.ping` event to this endpoint alone; look at its delivery to see what came of it."""
        return schemas.Pinged(event_id=await actions.ping(session, await actions.find_endpoint(session, endpoint_id)))

    @router.post("/webhook-endpoints/{endpoint_id}/replay", status_code=202, summary="Send parked deliveries again")
    async def replay_parked(
        endpoint_id: UUID, wanted: Annotated[schemas.ReplayRequest, Body(default_factory=schemas.ReplayRequest)], session: Write
    ) -> schemas.Replayed:
        """In the order of the feed, each from its first attempt."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        return schemas.Replayed(replayed=await actions.replay_parked(session, endpoint, wanted.since))


def _add_delivery_doors(router: APIRouter) -> None:
    @router.get("/webhook-endpoints/{endpoint_id}/deliveries", summary="List an endpoint's deliveries")
    async def list_deliveries(endpoint_id: UUID, session: Read, page: Paging, status: Status = None) -> Page[schemas.Delivery]:
        """Newest first."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
        rows = await fetch_page(
            session,
            statement.where(WebhookDelivery.status == status) if status else statement,
            page,
            keys=[(WebhookDelivery.number, lambda row: row.number), (WebhookDelivery.id, lambda row: row.id)],
            scope=f"webhook_deliveries:{endpoint.id}:{status}",
            descending=True,
        )
        return Page(items=[schemas.delivery_view(row) for row in rows], next=page.link_next(rows))

    @router.post("/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay", status_code=202, summary="Send a delivery again")
    async def replay(endpoint_id: UUID, delivery_id: UUID, session: Write) -> schemas.Delivery:
        """From its first attempt, whether it was delivered or parked. The message and its `webhook-id` stay the same."""
        endpoint = await actions.find_endpoint(session, endpoint_id)
        return schemas.delivery_view(await actions.replay(session, endpoint, delivery_id))


def _settings(request: Request) -> ServiceSettings:
    settings: ServiceSettings = request.app.state.service.settings
    return settings
