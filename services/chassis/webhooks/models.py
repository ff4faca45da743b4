"""Endpoints that other systems registered, their signing secrets, and one delivery for each event an endpoint wants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from chassis.events import Event
from chassis.rows import ChassisRow, OrganizationRow, Versioned, references
from chassis.sealing import SEALED

PING = "webhook.ping"


class WebhookEndpoint(Versioned, OrganizationRow, ChassisRow):
    """An address that wants events: the listed types, or all of them when the list is empty. A disabled endpoint gets nothing."""

    __tablename__ = "webhook_endpoints"

    url: Mapped[str]
    description: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]

    def wants(self, event: Event) -> bool:
        """Whether this event goes here. A ping goes to the one endpoint it was asked for."""
        if event.type == PING:
            return event.subject_id == self.id
        return not self.event_types or event.type in self.event_types


class WebhookSecret(OrganizationRow, ChassisRow):
    """A signing secret, sealed. While one is being rotated an endpoint has two, and each message carries both signatures."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        references("webhook_endpoints", "endpoint_id", ondelete="CASCADE"),
        Index("ix_webhook_secrets_endpoint", "organization_id", "endpoint_id"),
    )

    endpoint_id: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(info=SEALED)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class WebhookDelivery(OrganizationRow, ChassisRow):
    """One event on its way to one endpoint: `pending`, `delivered`, or `parked` once every attempt has failed. `number` is the event's
    place in the feed; deliveries about one subject go out in that order. Times are real time."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        references("webhook_endpoints", "endpoint_id", ondelete="CASCADE"),
        references("events", "event_id"),
        UniqueConstraint("organization_id", "endpoint_id", "event_id"),
        Index(
            "ix_webhook_deliveries_pending",
            "organization_id", "endpoint_id", "subject_id", "number",
            postgresql_where=text("status = 'pending'"),
        ),
    )  # fmt: skip

    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    event_type: Mapped[str]
    subject_id: Mapped[UUID]
    number: Mapped[int]
    status: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
