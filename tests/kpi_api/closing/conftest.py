"""Ann's scorecard is agreed, Max's is a draft. Max and Lou run pay, and Lou is HR too; Ann has a target bonus. HR closes the year."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from chassis import jobs
from chassis.http_client import ServiceClient
from chassis.jobs import Job
from kpi_api.closing.actions import ADVANCE
from kpi_api.closing.jobs import advance_closings
from kpi_api.scores.pushing import PUSH
from kpi_api.scores.scoring_client import ScoringClient, scoring_of
from tests.kpi_api import given
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

PLAN = """
plan: bonus
title: Bonus
composite: composite
payout: payout
steps:
  - {name: attainment, kind: attainment, cap: 2, missing: renormalise}
  - {name: composite, kind: weighted_mean, of: attainment}
  - {name: basis, kind: proration, of: target_bonus}
  - {name: bonus, kind: amount, basis: basis, factors: [composite]}
  - {name: payout, kind: rounding, of: bonus, to_nearest: minor_unit}
"""


class Year:
    """The scene, with what tests of the close do to it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.organization = scene.organization

    @property
    def scoring(self) -> ScoringClient:
        return scoring_of(self.organization.world.kpi_api.app.state.resources)

    async def work(self, job: str = ADVANCE) -> None:
        """Let both workers do what is due, with the periodic job twice: the second sees what scoring did in between."""
        for _ in range(2):
            async with self.organization.world.kpi_api.database.write(self.organization.id) as session:
                await jobs.enqueue(session, job)
            await self.organization.world.work()

    async def advance(self) -> None:
        """The worker's part in this process, so that a test can kill it."""
        world = self.organization.world
        await advance_closings(Job(world.kpi_api.database, self.organization.id, {}, world.kpi_api.app.state.resources))

    async def close(self, by: str = "hr") -> httpx.Response:
        return await (await self.scene.client(by)).post("/v1/cycles/2026/close")

    async def closing(self) -> dict[str, Any]:
        answer = await (await self.scene.client("hr")).get("/v1/cycles/2026/closing")
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def pay(self, by: str, verb: str) -> httpx.Response:
        """Approve or release the run as somebody who runs pay."""
        client = (await self.organization.as_person(self.scene.people[by].id)).scoring
        return await client.post(f"/v1/runs/{(await self.closing())['id']}/{verb}")

    async def measure(self, kpi: int, value: str, **more: str) -> httpx.Response:
        row = {"kpi_code": f"calls-{kpi}", "period_start": "2026-01-01", "value": value, "source": "CRM", **more}
        return await (await self.scene.client("hr")).post("/v1/measurements", json=[row])

    async def feed(self, *types: str) -> list[dict[str, Any]]:
        await self.organization.world.work()
        found = await (await self.scene.client("hr")).get("/v1/events", params={"type": types})
        return found.json()["events"]  # type: ignore[no-any-return]

    @asynccontextmanager
    async def scoring_stopped(self) -> AsyncIterator[None]:
        patch, dead = pytest.MonkeyPatch(), ServiceClient("http://127.0.0.1:9", attempts=1)
        patch.setattr(self.scoring, "_client", dead)
        try:
            yield
        finally:
            patch.undo()
            await dead.close()


@pytest.fixture
async def bare_year(organization: Organization) -> Year:
    """Nothing is agreed."""
    await organization.set_clock("2026-06-01T09:00:00Z")
    return Year(await set_scene(organization))


@pytest.fixture
async def year(bare_year: Year) -> Year:
    scene = bare_year.scene
    await run_pay(bare_year)
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).json()["status"] == "active"
    await scene.open(of="max", lines=[])
    assert (await bare_year.measure(0, "1200")).json()["created"] == 1
    await bare_year.organization.set_clock("2026-12-31T18:00:00Z")
    return bare_year


async def run_pay(year: Year, plan: str = PLAN, paid: Sequence[str] = ("ann",)) -> None:
    people = (year.scene.people["max"], year.scene.people["lou"])
    grants = [
        given.a_grant(person, role) for person, role in [(people[0], "comp_admin"), (people[1], "comp_admin"), (people[1], "hr_admin")]
    ]
    await given.store(year.organization, *grants)
    await year.work(PUSH)
    author, approver = [(await year.organization.as_person(person.id)).scoring for person in people]
    (await author.post("/v1/plans", json={"code": "bonus", "name": "Bonus", "document": plan})).raise_for_status()
    (await approver.post("/v1/plans/bonus/versions/1/approve")).raise_for_status()
    assignment = {"plan_code": "bonus", "population": {"everyone": True}, "valid_from": "2025-01-01"}
    (await author.post("/v1/plan-assignments", json=assignment)).raise_for_status()
    pay = {"valid_from": "2025-01-01", "salary": "60000", "currency": "USD", "target_bonus_amount": "6000", "pay_group": "monthly"}
    answer = await author.post("/v1/pay-bases/import", json=[pay | {"external_id": f"x-{name}"} for name in paid])
    assert answer.json()["error"] == 0, answer.text
