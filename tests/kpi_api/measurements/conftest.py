"""Ann, whom Max leads, is measured per month on calls (a total) and per month on win rate (a ratio); Eve is a stranger to both."""

from dataclasses import dataclass

import httpx
import pytest

from kpi_api.cascade.models import Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.measurements import actions
from kpi_api.people.models import Person
from tests.kpi_api import given
from tests.world import Organization


@dataclass
class Scene:
    organization: Organization
    cycle: Cycle
    ann: Person
    max: Person
    eve: Person
    calls: Kpi
    win_rate: Kpi

    async def client(self, person: Person | None = None) -> httpx.AsyncClient:
        clients = await self.organization.as_person(person.id) if person else await self.organization.admin()
        return clients.kpi_api

    async def record(self, *rows: dict[str, str], by: Person | None = None) -> dict[str, object]:
        client = await self.client(by)
        answer = await client.post("/v1/measurements", json=[{"source": "CRM"} | row for row in rows])
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def read(self, kpi: Kpi, **query: str) -> dict[str, object]:
        client = await self.client()
        answer = await client.get(f"/v1/kpis/{kpi.id}/measurements", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]


@pytest.fixture(params=[1, actions.MANY], ids=["as many rows", "as few rows"])
async def scene(organization: Organization, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """What becomes of a row must not depend on how many there are."""
    monkeypatch.setattr(actions, "MANY", request.param)
    cycle = given.a_cycle()
    ann, max_, eve = (given.a_person(name) for name in ("ann", "max", "eve"))
    calls_definition, calls_version = given.a_definition("calls")
    rate_definition, rate_version = given.a_definition("win-rate", combine="ratio_of_sums", unit="percent")
    calls = given.a_kpi(calls_version, cycle, ann, code="calls-ann")
    win_rate = given.a_kpi(rate_version, cycle, ann, code="win-rate-ann")
    await given.store(
        organization,
        cycle, ann, max_, eve, given.an_employment(ann, max_), given.reports_to(ann, max_),
        calls_definition, calls_version, rate_definition, rate_version, calls, win_rate,
        given.a_target(calls, "100"), given.a_target(win_rate, "30", unit="percent", comparison="above"),
    )  # fmt: skip
    return Scene(organization, cycle, ann, max_, eve, calls, win_rate)
