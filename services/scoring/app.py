"""scoring put together: every router, job and subscription, by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.audit.readings import Whose
from chassis.audit.rest import audit_router
from chassis.database import Database
from chassis.development import clock_router
from chassis.event_feed import feed_router
from chassis.idempotency import EXPIRE, EXPIRE_SECONDS, expire_answers
from chassis.pictures.rendering import RENDERER, Renderer
from chassis.service import Resources, Service
from chassis.webhooks.delivery import deliver
from chassis.webhooks.dispatch import DELIVER, dispatch
from chassis.webhooks.rest import webhook_router
from scoring.access.door import clock_mover, current_viewer, feed_reader, webhook_administrator
from scoring.access.models import Grant
from scoring.api_keys.rest import router as api_keys
from scoring.event_types import EVENT_TYPES
from scoring.organization.rest import router as organization
from scoring.pay_bases.rest import router as pay_bases
from scoring.payouts.queries import reads_of
from scoring.payouts.rest import router as payouts
from scoring.payroll.jobs import ERASE_PAYEES, erase_payees
from scoring.payroll.rest import people as pay_due
from scoring.payroll.rest import router as payroll
from scoring.people.identities import find_person
from scoring.people.models import Person
from scoring.people.privacy.rest import router as privacy
from scoring.people.rest import router as people
from scoring.plans.drafts.rest import router as plan_drafts
from scoring.plans.rest import router as plans
from scoring.runs.actions import COMPUTE
from scoring.runs.jobs import compute
from scoring.runs.rest import router as runs
from scoring.scores.rest import router as scores
from scoring.settings import Settings
from scoring.simulations.rest import router as simulations


@asynccontextmanager
async def open_resources(database: Database) -> AsyncIterator[Resources]:
    """What requests share."""
    yield {RENDERER: Renderer()}


def make_service(settings: Settings | None = None) -> Service:
    """The service as its settings say."""
    settings = settings or Settings()
    return Service(
        name="scoring",
        title="Sightline Scoring",
        description="Composite scores, bonus runs, payouts and payroll batches.",
        settings=settings,
        routers=[
            organization,
            people,
            privacy,
            api_keys,
            pay_bases,
            plans,
            plan_drafts,
            simulations,
            scores,
            runs,
            payouts,
            payroll,
            pay_due,
            audit_router(current_viewer, Whose(reads_of, Person, Grant)),
            feed_router(feed_reader),
            webhook_router(webhook_administrator, EVENT_TYPES),
        ],
        development_routers=[clock_router(clock_mover)],
        jobs={
            COMPUTE: compute(settings.dask_scheduler),
            DELIVER: deliver(settings),
            ERASE_PAYEES: erase_payees,
            EXPIRE: expire_answers,
        },
        subscriptions={"person.erased": [ERASE_PAYEES]},
        periodic={EXPIRE: EXPIRE_SECONDS},
        after_numbering=dispatch,
        trusted_services=["kpi_api"],
        find_person=find_person,
        resources=open_resources,
        large_bodies=dict.fromkeys(("/v1/runs/[^/]+/scorecards", "/v1/scores/stream"), settings.max_snapshot_bytes),
    )
