"""The probe service, over the kpi_api database and keys of the test world."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from chassis.app import create_app
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


@pytest.fixture
async def door(world: World, organization: Organization) -> AsyncIterator[ProbeDoor]:
    probe = Probe()
    service = replace(world.kpi_api.service, routers=[make_router(probe)], jobs={}, subscriptions={}, periodic={}, after_numbering=None)
    running = Running(service, create_app(service))
    async with running.app.router.lifespan_context(running.app):
        client = await world.client(running, world.token(organization.id, organization.person_id))
        yield ProbeDoor(probe, running, client, world)
