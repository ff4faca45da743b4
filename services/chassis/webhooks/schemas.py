"""What the webhook doors take and give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.verbs import VerbOutput
from chassis.webhooks.models import WebhookDelivery, WebhookEndpoint

Url = Annotated[str, Field(max_length=2000, examples=["https://hooks.example.com/sightline"])]
EventTypes = Annotated[list[str], Field(max_length=100, description="Types to send; empty for all.", examples=[["scorecard.agreed"]])]


class EndpointInput(BaseModel):
    """An address and what it wants."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    description: str = Field(default="", max_length=500)
    event_types: EventTypes = []


class EndpointChange(EndpointInput):
    """The whole endpoint as it shall be."""

    enabled: bool


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(default=24, ge=0, le=168, description="How long messages stay signed with the old secret too.")


class ReplayRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: datetime | None = Field(default=None, description="Only what was first due from then on; null for every parked delivery.")


class Endpoint(BaseModel):
    """A registered endpoint. `failing_since` is when attempts began to fail; null while they succeed."""

    id: UUID
    url: str
    description: str
    event_types: list[str]
    enabled: bool
    disabled_at: datetime | None
    failing_since: datetime | None
    created_by: str
    created_at: datetime


class EndpointDetail(Endpoint):
    """An endpoint read by itself; `verbs` says what may be done with it now."""

    verbs: list[VerbOutput] = Field(description="change, remove, rotate_secret, ping, replay")


class NewEndpoint(EndpointDetail):
    """An endpoint just registered, with its signing secret, which is shown only now."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class NewSecret(BaseModel):
    """The new signing secret, shown only now, and until when the old ones still sign."""

    secret: str
    old_secrets_sign_until: datetime


class Replayed(BaseModel):
    replayed: int


class Pinged(BaseModel):
    event_id: UUID


class Delivery(BaseModel):
    """One event on its way to one endpoint."""

    id: UUID
    event_id: UUID = Field(description="Sent as `webhook-id`.")
    event_type: str
    number: int
    status: str = Field(examples=["delivered"], description="`pending`, `delivered`, or `parked` once every attempt has failed.")
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None


class EventTypeDescription(BaseModel):
    type: str = Field(examples=["scorecard.agreed"])
    description: str


def endpoint_view(endpoint: WebhookEndpoint) -> Endpoint:
    return Endpoint.model_validate({**_columns(endpoint, Endpoint), "enabled": endpoint.disabled_at is None})


def delivery_view(delivery: WebhookDelivery) -> Delivery:
    return Delivery.model_validate(_columns(delivery, Delivery))


def _columns(row: object, model: type[BaseModel]) -> dict[str, object]:
    return {name: getattr(row, name) for name in model.model_fields if hasattr(row, name)}
