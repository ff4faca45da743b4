"""The launch that three teams carry together: 1,000 new subscriptions in the first 60 days (S1, "Teamwork")."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from chassis.events import Event
from chassis.jobs import Job
from kpi_api.collaboration.jobs import celebrate_reached
from kpi_api.cycles.models import Cycle
from tests.kpi_api.cascade.company import Company, found_company, kpi
from tests.world import Organization

TARGET = {"value": "1000", "unit": "USD", "baseline": "0"}


@dataclass
class Launch:
    """Dora's team owns the KPI; Support, which Gus heads, and Fay carry it with North, whose head is Dora."""

    company: Company
    kpi_id: str

    @property
    def path(self) -> str:
        return f"/v1/kpis/{self.kpi_id}/collaboration"

    async def client(self, name: str) -> httpx.AsyncClient:
        return await self.company.client(name)

    async def read(self, name: str) -> dict[str, Any]:
        answer = await (await self.client(name)).get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def agree(self, *names: str) -> None:
        for name in names:
            digest = (await self.read(name))["digest"]
            answer = await (await self.client(name)).post(f"{self.path}/agreement", json={"digest": digest})
            assert answer.status_code == 200, answer.text

    async def stakeholder(self, name: str) -> str:
        found = {(one["person"] or one["unit"])["name"]: one["id"] for one in (await self.read("dora"))["stakeholders"]}
        return str(found[name])

    async def measure(self, value: str) -> None:
        row = {"kpi_id": self.kpi_id, "period_start": "2026-03-01", "value": value, "source": "shop"}
        answer = await (await self.client("fay")).post("/v1/measurements", json=[row])
        assert answer.json()["results"][0]["status"] in {"created", "updated"}, answer.text

    async def told_of(self, type_: str) -> list[str]:
        organization = self.company.organization
        async with organization.world.kpi_api.database.read(organization.id) as session:
            return [str(id_) for id_ in await session.scalars(select(Event.subject_id).where(Event.type == type_))]

    async def close_cycle(self) -> None:
        organization = self.company.organization
        async with organization.world.kpi_api.database.write(organization.id) as session:
            await session.execute(update(Cycle).values(status="closed"))

    async def celebrate(self, **payload: Any) -> None:
        organization = self.company.organization
        await celebrate_reached(Job(organization.world.kpi_api.database, organization.id, payload))


@pytest.fixture
async def launch(organization: Organization) -> Launch:
    await organization.set_clock("2026-02-20T09:00:00Z")
    company = await found_company(organization)
    carriers = [
        {"unit_code": "north", "part": "sells"},
        {"unit_code": "support", "part": "brings new users on board"},
        {"person_external_id": "x-fay", "part": "writes the mails"},
    ]
    window: dict[str, Any] = {"window_start": "2026-03-01", "window_days": 60}
    shared = kpi("launch", "team", unit="north", collaborative=True, stakeholders=carriers, targets=[TARGET], **window)
    return Launch(company, (await company.create(shared))["launch"])
