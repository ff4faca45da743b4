"""Whoever acts on what changed under their hand is told what changed, line by line, and nothing is done."""

import asyncio

import httpx
from sqlalchemy import update

from kpi_api.cascade.models import KpiTarget
from tests.kpi_api.scorecards.scene import Scene

LESS = ("60.00", "30.00", "10.00")
CHANGED = ["Weight of “Calls 0”: 50.00, now 60.00.", "Weight of “Calls 2”: 20.00, now 10.00."]


async def put_lines(scene: Scene, card: str, by: str, etag: str, *weights: str) -> httpx.Response:
    client = await scene.client(by)
    return await client.put(f"/v1/scorecards/{card}/lines", json={"lines": scene.lines(*weights)}, headers={"If-Match": etag})


def told(answer: httpx.Response) -> tuple[int, str, list[str]]:
    body = answer.json()
    assert all(change in body["detail"] for change in body["changes"])
    return answer.status_code, body["code"], body["changes"]


async def test_one_proposes_while_the_other_edits_the_draft(scene: Scene) -> None:
    card = await scene.opened()
    seen = (await scene.read(card))["etag"]
    assert (await put_lines(scene, card, "ann", seen, *LESS)).status_code == 200
    assert told(await scene.act(card, "propose", "max", etag=seen)) == (412, "precondition_failed", CHANGED)
    assert told(await put_lines(scene, card, "max", seen, "100.00")) == (412, "precondition_failed", CHANGED)
    assert [line["weight"] for line in (await scene.read(card))["lines"]] == list(LESS)


async def test_agreeing_to_a_text_that_was_countered(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    seen = (await scene.read(card))["etag"]
    await scene.act(card, "counter", "ann", etag=seen, lines=scene.lines(*LESS))
    stale = await scene.act(card, "agree", "ann", etag=seen)
    assert told(stale) == (412, "precondition_failed", ["It is countered now.", *CHANGED])
    assert (await scene.read(card))["status"] == "countered"


async def test_two_counter_at_once(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    seen = (await scene.read(card))["etag"]
    both = [scene.act(card, "counter", "ann", etag=seen, lines=scene.lines(*weights)) for weights in (LESS, ("40.00", "30.00", "30.00"))]
    answers = sorted(await asyncio.gather(*both), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 412]
    won = [line["weight"] for line in answers[0].json()["lines"]]
    assert told(answers[1])[2] == [
        "It is countered now.", f"Weight of “Calls 0”: 50.00, now {won[0]}.", f"Weight of “Calls 2”: 20.00, now {won[2]}.",
    ]  # fmt: skip
    assert [line["weight"] for line in (await scene.read(card))["lines"]] == won


async def test_what_was_only_proposed_and_withdrawn_says_the_same(scene: Scene) -> None:
    card = await scene.opened()
    opened = (await scene.read(card))["etag"]
    await scene.act(card, "propose", "max")
    assert told(await scene.act(card, "propose", "ann", etag=opened)) == (412, "precondition_failed", ["It is proposed now."])
    await scene.act(card, "withdraw", "max")
    assert told(await scene.act(card, "propose", "ann", etag=opened)) == (412, "precondition_failed", [])
    assert told(await scene.act(card, "propose", "ann", etag='"no-such-state"'))[2] == ["It is draft now."]


async def test_a_target_changed_after_the_first_signature_is_named(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(KpiTarget).where(KpiTarget.kpi_id == scene.kpis[0].id).values(value=120))
    assert told(await scene.act(card, "agree", "ann")) == (409, "text_changed", ["Target of “Calls 0”: 100, now 120."])


async def test_who_does_not_see_the_scorecard_is_told_nothing(scene: Scene) -> None:
    card = await scene.opened()
    seen = (await scene.read(card))["etag"]
    await put_lines(scene, card, "ann", seen, *LESS)
    answer = await scene.act(card, "propose", "eve", etag=seen)
    assert (answer.status_code, "changes" in answer.json()) == (404, False)


async def test_the_history_says_what_each_proposal_and_answer_changed(scene: Scene) -> None:
    # Given a draft that Ann changed twice before she proposed it, and Max's answer with other weights.
    card = await scene.opened()
    for weights in (("60.00", "20.00", "20.00"), ("50.00", "40.00", "10.00")):
        etag = (await scene.read(card))["etag"]
        lines = {"lines": scene.lines(*weights)}
        await (await scene.client("ann")).put(f"/v1/scorecards/{card}/lines", json=lines, headers={"If-Match": etag})
    await scene.act(card, "propose", "ann")
    await scene.act(card, "counter", "max", lines=scene.lines("55.00", "35.00", "10.00"))
    await scene.act(card, "agree", "ann")
    # Then the story tells who changed what.
    steps = (await (await scene.client("ann")).get(f"/v1/scorecards/{card}/history")).json()["steps"]
    assert [(step["verb"], step["changes"]) for step in steps[:4]] == [
        ("open", []),
        ("propose", ["Weight of “Calls 1”: 30.00, now 40.00.", "Weight of “Calls 2”: 20.00, now 10.00."]),
        ("counter", ["Weight of “Calls 0”: 50.00, now 55.00.", "Weight of “Calls 1”: 40.00, now 35.00."]),
        ("agree", []),
    ]


async def test_a_line_of_which_no_component_is_said_keeps_its_own(scene: Scene) -> None:
    # Given a scorecard whose lines count in components of the plan, and answers and a change that speak of weights alone.
    components = ("output", "quality", "output")
    lines = zip(scene.lines("50.00", "30.00", "20.00"), components, strict=True)
    card = await scene.opened(lines=[{**line, "component": component} for line, component in lines])
    await scene.act(card, "propose", "ann")
    await scene.act(card, "counter", "max", lines=scene.lines("40.00", "40.00", "20.00"))
    agreed = (await scene.act(card, "agree", "ann")).json()
    assert [line["weight"] for line in agreed["lines"]] == ["40.00", "40.00", "20.00"]
    assert tuple(line["component"] for line in agreed["lines"]) == components
    change = {"effective_from": "2026-07-01", "reason": "A second market.", "lines": scene.lines("30.00", "50.00", "20.00")}
    asked = (await (await scene.client("ann")).post(f"/v1/scorecards/{card}/changes", json=change)).json()
    # Then only the weights differ.
    assert tuple(line["component"] for line in asked["lines"]) == components
    assert asked["differences"] == ["Weight of “Calls 0”: 40.00, now 30.00.", "Weight of “Calls 1”: 40.00, now 50.00."]
