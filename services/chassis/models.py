"""Every table of the chassis, gathered for migrations."""

from chassis.audit import AuditHead, AuditLink, AuditRecord
from chassis.clock import ClockOffset
from chassis.events import Event, EventNumber
from chassis.health import Worker
from chassis.idempotency import IdempotencyRecord
from chassis.identity.api_keys import ApiKey
from chassis.organizations import OrganizationId
from chassis.rows import ChassisRow
from chassis.sequencer import Unsequenced
from chassis.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookSecret

__all__ = [
    "ApiKey",
    "AuditHead",
    "AuditLink",
    "AuditRecord",
    "ChassisRow",
    "ClockOffset",
    "Event",
    "EventNumber",
    "IdempotencyRecord",
    "OrganizationId",
    "Unsequenced",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
    "Worker",
]
