"""What a service is made of. `kpi_api.app` and `scoring.app` each build one; `chassis.app` serves it, `chassis.worker` works its jobs.

Everything is listed here by hand, so that a reader finds each router, job and subscription in one place.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from chassis.database import Database
from chassis.identity import OutsideIdentity, Principal
from chassis.jobs import Handler
from chassis.problems import Unauthenticated
from chassis.sequencer import AfterNumbering
from chassis.settings import ServiceSettings

Resources = Mapping[str, Any]
FindPerson = Callable[[Database, OutsideIdentity], Awaitable[Principal]]


@asynccontextmanager
async def no_resources(database: Database) -> Any:
    yield {}


async def knows_nobody(database: Database, identity: OutsideIdentity) -> Principal:
    """For a service that takes no outside identities."""
    raise Unauthenticated()


@dataclass(frozen=True)
class Service:
    """A service: its name, settings, doors and background work.

    `development_routers` are not mounted in production. `subscriptions` maps an event type to the jobs it causes. `periodic` jobs run in
    the worker for each organization, every so many seconds. `resources` opens what requests and jobs share, such as HTTP clients to the
    other service. `trusted_services` are sibling services whose service tokens are accepted. `find_person` tells which person an outside
    identity is, or raises Unauthenticated. `large_bodies` names paths (a pattern of the whole path) that take more than `max_body_bytes`,
    and how many bytes. `bulk_paths` are patterns of paths whose writes have a quota of their own, `bulk_requests_per_minute`.
    """

    name: str
    title: str
    description: str
    settings: ServiceSettings
    routers: Sequence[APIRouter]
    development_routers: Sequence[APIRouter] = ()
    jobs: Mapping[str, Handler] = field(default_factory=dict)
    subscriptions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    periodic: Mapping[str, float] = field(default_factory=dict)
    after_numbering: AfterNumbering | None = None
    resources: Callable[[Database], AbstractAsyncContextManager[Resources]] = no_resources
    trusted_services: Sequence[str] = ()
    find_person: FindPerson = knows_nobody
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    bulk_paths: Sequence[str] = (".*/(bulk|import)",)

    def body_limit(self, path: str) -> int:
        """The largest body, in bytes, that is taken at a path."""
        limits = (limit for pattern, limit in self.large_bodies.items() if re.fullmatch(pattern, path))
        return next(limits, self.settings.max_body_bytes)

    def database(self) -> Database:
        return Database(
            self.settings.database_url.get_secret_value(),
            pool_size=self.settings.database_pool_size,
            movable_clock=self.settings.development,
            subscriptions=self.subscriptions,
        )
