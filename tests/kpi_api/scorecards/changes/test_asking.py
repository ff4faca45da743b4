"""A KPI whose target changes, or that is withdrawn, asks both sides of each scorecard that carries it; until then the signed text stays."""

from typing import Any

import httpx

from chassis.jobs import Job
from kpi_api.scorecards.changes.asking import ask_carriers
from tests.kpi_api.scorecards.changes.year import AgreedYear


async def set_target(agreed: AgreedYear, value: str, kpi: int = 0) -> None:
    place = f"/v1/kpis/{agreed.scene.kpis[kpi].id}/targets"
    body = {"targets": [{"value": value, "unit": "count", "period": "month"}]}
    answer = await (await agreed.scene.client("max")).put(place, json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    await agreed.scene.organization.world.work()


async def withdraw(agreed: AgreedYear, kpi: int = 0) -> None:
    place = f"/v1/kpis/{agreed.scene.kpis[kpi].id}"
    answer = await (await agreed.scene.client("max")).patch(place, json={"withdrawn": True}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    await agreed.scene.organization.world.work()


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_each_side_answers_and_the_scorecard_keeps_its_text_until_both_did(agreed: AgreedYear) -> None:
    before = await agreed.scene.read(agreed.card)
    await set_target(agreed, "120")
    [change] = await agreed.changes(by="ann", status="pending")
    assert (change["kind"], change["side"], change["effective_from"]) == ("kpi_changed", None, "2026-04-01")
    assert change["differences"] == ["Target of “Calls 0”: 100, now 120."]

    signed = (await agreed.answer(change, "agree", "ann")).json()
    assert (signed["status"], signed["side"]) == ("pending", "person")
    assert (await agreed.scene.read(agreed.card))["agreement_digest"] == before["agreement_digest"]
    assert code(await agreed.answer(change, "agree", "ann")) == (403, "not_your_turn"), "once is enough"
    done = (await agreed.answer(change, "agree", "max")).json()
    assert done["status"] == "agreed"
    second = await agreed.scene.read(done["result_id"])
    assert (second["window_start"], second["status"], second["agreement_digest"]) == ("2026-04-01", "active", done["digest"])
    await agreed.scene.organization.world.work()
    assert await agreed.changes(status="pending") == []


async def test_a_rejected_one_leaves_what_was_signed(agreed: AgreedYear) -> None:
    await set_target(agreed, "120")
    [change] = await agreed.changes(status="pending")
    assert code(await agreed.answer(change, "withdraw", "ann")) == (403, "not_your_turn")
    assert (await agreed.answer(change, "reject", "ann")).json()["status"] == "rejected"
    card = await agreed.scene.read(agreed.card)
    assert (card["window_end"], card["status"]) == ("2026-12-31", "active")


async def test_a_target_changed_again_asks_anew_and_one_set_back_asks_no_more(agreed: AgreedYear) -> None:
    await set_target(agreed, "120")
    [change] = await agreed.changes(status="pending")
    await agreed.answer(change, "agree", "ann")
    await set_target(agreed, "130")
    [again] = await agreed.changes(status="pending")
    assert (again["id"], again["side"], again["digest"]) == (change["id"], None, None), "nobody has signed 130"
    assert again["differences"] == ["Target of “Calls 0”: 100, now 130."]
    await set_target(agreed, "100")
    assert [row["status"] for row in await agreed.changes()] == ["lapsed"]


async def test_the_job_asks_once_however_often_it_runs(agreed: AgreedYear) -> None:
    await set_target(agreed, "120")
    world, kpi = agreed.scene.organization.world, agreed.scene.kpis[0]
    for _ in range(2):
        await ask_carriers(Job(world.kpi_api.database, agreed.scene.organization.id, {"kpi_ids": [str(kpi.id)]}))
    assert len(await agreed.changes()) == 1


async def test_a_withdrawn_kpi_comes_off_and_gives_its_weight_to_the_others(agreed: AgreedYear) -> None:
    await withdraw(agreed, kpi=1)
    [change] = await agreed.changes(status="pending")
    assert (change["kind"], change["differences"][0]) == ("kpi_withdrawn", "“Calls 1” was removed.")
    await agreed.answer(change, "agree", "max")
    done = (await agreed.answer(change, "agree", "ann")).json()
    lines = [(line["name"], line["weight"]) for line in (await agreed.scene.read(done["result_id"]))["lines"]]
    assert lines == [("Calls 0", "71.43"), ("Calls 2", "28.57")], "50 and 20 of 70, to the last hundredth"


async def test_what_another_kpi_asks_goes_on_on_the_successor_and_what_was_written_upon_the_former_text_lapses(agreed: AgreedYear) -> None:
    await set_target(agreed, "120", kpi=0)
    await set_target(agreed, "150", kpi=1)
    own = await agreed.requested("ann", "40.00", "40.00", "20.00")
    first, second = await agreed.changes(status="pending", scorecard_id=agreed.card) and await pending_kpis(agreed)
    await agreed.answer(second, "agree", "ann")
    await agreed.answer(first, "agree", "ann")
    done = (await agreed.answer(first, "agree", "max")).json()
    found = {row["id"]: row for row in await agreed.changes()}
    assert (found[own["id"]]["status"], found[second["id"]]["status"]) == ("lapsed", "pending")
    moved = found[second["id"]]
    assert (moved["scorecard_id"], moved["side"]) == (done["result_id"], None), "both sign what follows the new text"
    await agreed.answer(moved, "agree", "ann")
    assert (await agreed.answer(moved, "agree", "max")).json()["status"] == "agreed"
    card = await agreed.scene.read(done["result_id"])
    assert (card["window_start"], len({signature["digest"] for signature in card["signatures"]})) == ("2026-04-01", 2)


async def pending_kpis(agreed: AgreedYear) -> list[dict[str, Any]]:
    return [row for row in await agreed.changes(status="pending") if row["kind"] == "kpi_changed"]
