"""A withdrawn KPI tells the scorecards that carry it, and never counts as zero."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from kpi_api.scorecards.scoring_document import scoring_document
from tests.kpi_api.given import a_cycle, a_kpi, a_target, store
from tests.kpi_api.scorecards.scene import Scene


async def withdraw(scene: Scene, kpi: int = 0, by: str = "max") -> Any:
    place = f"/v1/kpis/{scene.kpis[kpi].id}"
    return await (await scene.client(by)).patch(place, json={"withdrawn": True}, headers={"If-Match": "*"})


async def active(scene: Scene) -> str:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).json()["status"] == "active"
    return card


async def withdrawals(scene: Scene) -> list[dict[str, Any]]:
    await scene.organization.world.work()
    answer = await (await scene.client("hr")).get("/v1/events", params={"type": "kpi.withdrawn"})
    return [event["data"] for event in answer.json()["events"]]


async def test_the_scorecard_says_so_to_person_and_manager(scene: Scene) -> None:
    card = await active(scene)
    assert (await withdraw(scene)).status_code == 200

    for reader in ("ann", "max"):
        seen = await scene.read(card, by=reader)
        assert [line["kpi_status"] for line in seen["lines"]] == ["withdrawn", "active", "active"]
        step = seen["history"][-1]
        assert (step["verb"], step["side"], step["to_status"]) == ("kpi_withdrawn", "cascade", "active")
        assert step["comment"] == "“Calls 0” was withdrawn. It counts as a KPI without a value."
    for reader, wanted, found in (("max", True, [card]), ("max", False, []), ("eve", True, [])):
        listed = await (await scene.client(reader)).get("/v1/scorecards", params={"withdrawn": wanted})
        assert [row["id"] for row in listed.json()["items"]] == found

    assert await withdrawals(scene) == [{"kpi_ids": [str(scene.kpis[0].id)], "scorecard_ids": [card]}]


async def test_once_is_enough_also_twice_at_once(scene: Scene) -> None:
    card = await active(scene)
    answers = await asyncio.gather(*(withdraw(scene) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    await withdraw(scene)
    assert [step["verb"] for step in (await scene.read(card))["history"]].count("kpi_withdrawn") == 1
    assert len(await withdrawals(scene)) == 1


async def test_one_that_nobody_carries_tells_nobody(scene: Scene) -> None:
    assert (await withdraw(scene, 2)).status_code == 200
    assert await withdrawals(scene) == [{"kpi_ids": [str(scene.kpis[2].id)], "scorecard_ids": []}]


async def test_nothing_of_it_is_scored_from_then_on(scene: Scene) -> None:
    card = await active(scene)
    row = {"kpi_code": "calls-0", "period_start": "2026-01-01", "value": "70", "source": "CRM"}
    assert (await (await scene.client("hr")).post("/v1/measurements", json=[row])).json()["error"] == 0
    before = await actuals(scene, card)
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        earlier = session.now
    await scene.organization.set_clock((earlier + timedelta(hours=1)).isoformat())
    await withdraw(scene)

    assert before == ["70", None, None]
    assert await actuals(scene, card) == [None, None, None], "missing, and not zero"
    assert await actuals(scene, card, as_of=earlier) == ["70", None, None], "what was known before stays as it was"


async def actuals(scene: Scene, card: str, as_of: datetime | None = None) -> list[str | None]:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        [document] = await scoring_document(session, [card], as_of=as_of)  # type: ignore[list-item]
    return [line["parts"][0]["actual"] for line in document["lines"]]


@pytest.mark.parametrize("status", ["closing", "closed"])
async def test_a_closed_cycle_keeps_its_kpis(scene: Scene, status: str) -> None:
    past = a_cycle(code="past", status=status)
    kpi = a_kpi(scene.kpis[0], past, scene.people["ann"], code="past-calls", name="Past calls")
    kpi.definition_version_id = scene.kpis[0].definition_version_id
    await store(scene.organization, past, kpi, a_target(kpi, "100"))
    for change in ({"withdrawn": True}, {"name": "Other"}):
        refused = await (await scene.client("max")).patch(f"/v1/kpis/{kpi.id}", json=change, headers={"If-Match": "*"})
        assert (refused.status_code, refused.json()["detail"]) == (422, "Its cycle is closed, so the KPI stays as it is.")
