"""What a service is made of. `kpi_api.app` and `scoring.app` each build one; `chassis.app` serves it, `chassis.worker` works its jobs.

Everything is listed here by hand, so that a reader finds each router, job and subscription in one place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from chassis.database import Database
from chassis.identity import DEVELOPMENT_ISSUER_KEYS, Issuer, TokenVerifier, load_public_keys
from chassis.jobs import Handler
from chassis.sequencer import AfterNumbering
from chassis.settings import DEVELOPMENT_ISSUER, ServiceSettings

Resources = Mapping[str, Any]


@asynccontextmanager
async def no_resources(database: Database) -> Any:
    yield {}


@dataclass(frozen=True)
class Service:
    """A service: its name, settings, doors and background work.

    `subscriptions` maps an event type to the jobs it causes. `periodic` jobs run in the worker for each organization, every so many
    seconds. `resources` opens what requests and jobs share, such as HTTP clients to the other service. `trusted_services` are sibling
    services whose service tokens are accepted. `large_bodies` names paths (a pattern of the whole path) that take more than
    `max_body_bytes`, and how many bytes.
    """

    name: str
    title: str
    description: str
    settings: ServiceSettings
    routers: Sequence[APIRouter]
    jobs: Mapping[str, Handler] = field(default_factory=dict)
    subscriptions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    periodic: Mapping[str, float] = field(default_factory=dict)
    after_numbering: AfterNumbering | None = None
    resources: Callable[[Database], AbstractAsyncContextManager[Resources]] = no_resources
    trusted_services: Sequence[str] = ()
    large_bodies: Mapping[str, int] = field(default_factory=dict)

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


def token_verifier(settings: ServiceSettings, services: Sequence[str] = ()) -> TokenVerifier:
    """The verifier of a service: configured issuers, sibling services by their key files, and in development the local issuer."""
    folder = settings.key_folder
    issuers = {name: Issuer(name, load_public_keys(folder / path)) for name, path in settings.issuers.items()}
    for service in services:
        issuers[service] = Issuer(service, load_public_keys(folder / f"{service}.jwks.json"), is_service=True)
    if settings.development:
        issuers[DEVELOPMENT_ISSUER] = Issuer(DEVELOPMENT_ISSUER, load_public_keys(folder / DEVELOPMENT_ISSUER_KEYS))
    return TokenVerifier(issuers, settings.audience)
