"""Ann learns SQL and Max leads her; two development KPIs: one that adds up numerators and denominators, one that takes a value."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from kpi_api.cascade.models import Kpi
from tests.kpi_api import given
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

STEPS = [{"text": "Finish the course"}, {"text": "Rewrite a report"}, {"text": "Teach it to a colleague", "due_on": "2026-08-31"}]
GOAL: dict[str, Any] = {
    "skill": "SQL", "aim": "next_role", "why": "Analysts write their own queries", "due_on": "2026-09-30", "steps": STEPS,
}  # fmt: skip


@dataclass
class Learning:
    scene: Scene
    share: Kpi
    certificate: Kpi
    sales: Kpi

    async def call(self, by: str, method: str, path: str = "", etag: str | None = None, **body: Any) -> httpx.Response:
        headers = {"If-Match": etag} if etag else {}
        content = {"json": body} if method != "GET" else {"params": body}
        return await (await self.scene.client(by)).request(method, f"/v1/development-goals{path}", headers=headers, **content)

    async def write(self, by: str = "ann", of: str = "ann", **other: Any) -> dict[str, Any]:
        answer = await self.call(by, "POST", person_id=str(self.scene.people[of].id), **(GOAL | other))
        assert answer.status_code == 201, answer.text
        return self.read_of(answer)

    async def read(self, goal: dict[str, Any], by: str = "ann") -> dict[str, Any]:
        answer = await self.call(by, "GET", f"/{goal['id']}")
        assert answer.status_code == 200, answer.text
        return self.read_of(answer)

    async def done(self, by: str, method: str, path: str, etag: str | None = None, **body: Any) -> dict[str, Any]:
        answer = await self.call(by, method, path, etag, **body)
        assert answer.is_success, answer.text
        return self.read_of(answer)

    async def agreed(self, **other: Any) -> dict[str, Any]:
        goal = await self.write(**other)
        return await self.done("max", "POST", f"/{goal['id']}/agree", goal["etag"])

    async def values(self, kpi: Kpi) -> list[tuple[Any, ...]]:
        answer = await (await self.scene.client("ann")).get(f"/v1/kpis/{kpi.id}/measurements")
        return [(one["numerator"], one["denominator"], one["revision"]) for one in answer.json()["values"]]

    async def actual(self, kpi: Kpi) -> str | None:
        answer = await (await self.scene.client("ann")).get(f"/v1/kpis/{kpi.id}/measurements")
        (actual,) = answer.json()["actuals"]
        return actual["actual"]  # type: ignore[no-any-return]

    @staticmethod
    def read_of(answer: httpx.Response) -> dict[str, Any]:
        return {**answer.json(), "etag": answer.headers["ETag"]}


@pytest.fixture
async def learning(organization: Organization) -> Learning:
    scene = await set_scene(organization)
    await organization.set_clock("2026-06-15T09:00:00Z")
    main = {"code": "main", "name": "Steps", "unit": "percent", "direction": "higher"}
    facts = {"unit": "percent", "combine": "ratio_of_sums", "dimension": "development", "update_frequency": None}
    share = given.a_definition("steps_done", parts=[main], **facts)
    certificate = given.a_definition("certificates", dimension="development", parts=[main | {"unit": "count"}])
    kpis = [given.a_kpi(version, scene.cycle, scene.people["ann"], code=code) for (_, version), code in ((share, "s"), (certificate, "c"))]
    targets = [given.a_target(kpis[0], "100", unit="percent", period="window"), given.a_target(kpis[1], "1")]
    await given.store(organization, *share, *certificate, *kpis, *targets)
    return Learning(scene, kpis[0], kpis[1], scene.kpis[0])
