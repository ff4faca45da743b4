"""The probe service, over the kpi_api database and keys of the test world."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from chassis.app import create_app
from chassis.service import Service
from tests.chassis.probe import Probe, make_router
from tests.world import Organization, Running, World


@dataclass
class ProbeDoor:
    """The probe's state, the running service, and a client of the organization's first person."""

    probe: Probe
    running: Running
    client: httpx.AsyncClient
    world: World

    async def as_somebody_of(self, organization: Organization) -> httpx.AsyncClient:
        return await self.world.client(self.running, self.world.token(organization.id, organization.person_id))

    def like(self, service: Service) -> Running:
        """Such a service, which shares what the running one has opened."""
        app = create_app(service)
        for name in ("database", "verifier", "cursor_signer", "resources"):
            setattr(app.state, name, getattr(self.running.app.state, name))
        return Running(service, app)


@pytest.fixture
async def door(world: World, organization: Organization) -> AsyncIterator[ProbeDoor]:
    probe = Probe()
    service = replace(world.kpi_api.service, routers=[make_router(probe)], jobs={}, subscriptions={}, periodic={}, after_numbering=None)
    running = Running(service, create_app(service))
    async with running.app.router.lifespan_context(running.app):
        client = await world.client(running, world.token(organization.id, organization.person_id))
        yield ProbeDoor(probe, running, client, world)
