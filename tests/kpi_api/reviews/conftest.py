"""Ann reports to Max, who reports to Lou. Eve reports to Lou too. HR opens Ann's annual review of 2026."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from chassis.identifiers import new_id
from kpi_api.cascade.models import Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Person
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.world import Organization

JANUARY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Scene:
    organization: Organization
    cycle: Cycle
    people: dict[str, Person]
    card: Scorecard
    kpi: Kpi
    review_id: str = ""

    async def client(self, name: str) -> httpx.AsyncClient:
        clients = await self.organization.admin() if name == "hr" else await self.organization.as_person(self.people[name].id)
        return clients.kpi_api

    async def open(self, stage: str = "annual", **body: Any) -> httpx.Response:
        return await (await self.client("hr")).post("/v1/reviews/bulk", json={"cycle_code": "2026", "stage": stage, **body})

    async def read(self, by: str) -> tuple[dict[str, Any], str]:
        """What somebody sees of Ann's review, and its entity tag."""
        answer = await (await self.client(by)).get(f"/v1/reviews/{self.review_id}")
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["etag"]

    async def act(self, by: str, verb: str, tag: str | None = None, **body: Any) -> httpx.Response:
        tag = tag or (await self.read(by))[1]
        method = "PUT" if verb.endswith("assessment") else "POST"
        return await (await self.client(by)).request(method, f"/v1/reviews/{self.review_id}/{verb}", json=body, headers={"If-Match": tag})


def a_scorecard(person: Person, cycle: Cycle, **changes: Any) -> Scorecard:
    content: dict[str, Any] = {
        "person_id": person.id, "cycle_id": cycle.id, "template_id": None, "status": "active", "written_by_side": "person",
        "window_start": cycle.starts_on, "window_end": cycle.ends_on, "imposed": False, "agreement": {"lines": []},
        "agreement_digest": "sha256:x", "agreed_at": None, "created_at": JANUARY,
    }  # fmt: skip
    return Scorecard(id=new_id(), **(content | changes))


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    await organization.set_clock("2026-12-01T09:00:00Z")
    cycle = given.a_cycle()
    people = {name: given.a_person(name) for name in ("ann", "max", "lou", "eve")}
    ann, max_, lou, eve = people.values()
    definition, version = given.a_definition("calls")
    kpi = given.a_kpi(version, cycle, ann)
    card = a_scorecard(ann, cycle)
    lines = [given.reports_to(ann, max_), given.reports_to(max_, lou), given.reports_to(eve, lou), given.reports_to(ann, lou, depth=2)]
    await given.store(organization, cycle, *people.values(), *lines, definition, version, kpi, card)
    scene = Scene(organization, cycle, people, card, kpi)
    answer = await scene.open()
    assert answer.json()["created"] == 1, answer.text
    scene.review_id = answer.json()["results"][0]["id"]
    return scene
