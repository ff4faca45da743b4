"""Ann reports to Max, who reports to Lou; Lou has no manager and Bea sits on the board. Eve is a stranger. Ann has three KPIs."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from kpi_api.cascade.models import Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Person
from tests.kpi_api import given
from tests.world import Organization


@dataclass
class Scene:
    organization: Organization
    cycle: Cycle
    people: dict[str, Person]
    kpis: list[Kpi]
    etags: dict[str, str] = field(default_factory=dict)

    async def client(self, name: str) -> httpx.AsyncClient:
        clients = await self.organization.admin() if name == "hr" else await self.organization.as_person(self.people[name].id)
        return clients.kpi_api

    def lines(self, *weights: str) -> list[dict[str, str]]:
        return [{"kpi_id": str(kpi.id), "weight": weight} for kpi, weight in zip(self.kpis, weights, strict=False)]

    async def open(self, by: str = "hr", of: str = "ann", **body: Any) -> httpx.Response:
        request = {"person_id": str(self.people[of].id), "cycle_code": "2026", "lines": self.lines("50.00", "30.00", "20.00")} | body
        return await (await self.client(by)).post("/v1/scorecards", json=request)

    async def opened(self, **body: Any) -> str:
        answer = await self.open(**body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def read(self, card: str, by: str = "hr") -> dict[str, Any]:
        answer = await (await self.client(by)).get(f"/v1/scorecards/{card}")
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "etag": answer.headers["ETag"]}

    async def act(self, card: str, verb: str, by: str, etag: str | None = None, **body: Any) -> httpx.Response:
        etag = etag or (await self.read(card))["etag"]
        return await (await self.client(by)).post(f"/v1/scorecards/{card}/{verb}", json=body, headers={"If-Match": etag})


async def set_scene(organization: Organization) -> Scene:
    cycle = given.a_cycle()
    people = {name: given.a_person(name) for name in ("ann", "max", "lou", "bea", "eve")}
    ann, max_, lou, bea = (people[name] for name in ("ann", "max", "lou", "bea"))
    board = given.a_grant(bea, "board")
    definition, version = given.a_definition("calls", parts=[{"code": "main", "name": "Calls", "unit": "count", "direction": "higher"}])
    kpis = [given.a_kpi(version, cycle, ann, code=f"calls-{n}", name=f"Calls {n}") for n in range(3)]
    await given.store(
        organization,
        cycle, *people.values(), board, given.an_employment(ann, max_), given.an_employment(max_, lou), given.an_employment(lou),
        given.reports_to(ann, max_), given.reports_to(max_, lou), given.reports_to(ann, lou, depth=2),
        definition, version, *kpis, *(given.a_target(kpi, "100") for kpi in kpis),
    )  # fmt: skip
    return Scene(organization, cycle, people, kpis)
