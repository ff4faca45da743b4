"""A correction and a change of one scorecard: in either order, and at once, neither loses what the other one says."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.corrections.test_corrections import DAY, Year, signed_year
from tests.kpi_api.scorecards.scene import Scene


@dataclass
class Both:
    """Ann's scorecard as those who correct see it, and as those who change it."""

    correcting: Year
    changing: AgreedYear

    async def values(self, card: str) -> list[str]:
        document = (await self.correcting.call("hr", "GET", f"/v1/scorecards/{card}/agreement")).json()["document"]
        return [line["parts"][0]["value"] for line in document["lines"]]

    async def weights(self, card: str) -> list[str]:
        return [line["weight"] for line in (await self.changing.scene.read(card))["lines"]]


@pytest.fixture
async def both(scene: Scene) -> Both:
    year = await signed_year(scene)
    return Both(year, AgreedYear(scene, year.cards["ann"]))


async def test_while_a_correction_is_announced_nobody_agrees_upon_the_wrong_text(both: Both) -> None:
    change = await both.changing.requested("ann", "40.00", "40.00", "20.00")
    correction = await both.correcting.ordered()
    refused = await both.changing.answer(change, "agree", "max")
    assert (refused.status_code, refused.json()["code"], refused.json()["objections_until"]) == (409, "correction_announced", DAY)
    shown = await both.changing.change(change["id"], by="max")
    agree = {verb["verb"]: verb for verb in shown["verbs"]}["agree"]
    assert (agree["allowed"], DAY in agree["reason"]) == (False, True)

    assert (await both.correcting.object("ann", "ann", correction)).status_code == 200
    agreed = (await both.changing.answer(change, "agree", "max")).json()
    assert agreed["status"] == "agreed", "what was objected to is decided"
    assert await both.values(agreed["result_id"]) == ["100"] * 3


async def test_a_request_made_before_a_correction_is_asked_anew_upon_the_corrected_text(both: Both) -> None:
    change = await both.changing.requested("ann", "40.00", "40.00", "20.00")
    await both.correcting.ordered()
    await both.correcting.pass_the_day()
    anew = await both.changing.change(change["id"], by="ann")
    assert (anew["status"], anew["side"], anew["digest"], anew["differences"]) == ("pending", None, None, change["differences"])
    assert [verb["verb"] for verb in anew["verbs"] if verb["allowed"]] == ["agree", "reject"]
    assert "2026-03-17: HR corrected the text, so that both sides are asked anew for the change." in "\n".join(await both.changing.story())

    assert (await both.changing.answer(anew, "agree", "max")).json()["side"] == "manager"
    done = (await both.changing.answer(anew, "agree", "ann")).json()
    assert (done["status"], await both.weights(done["result_id"])) == ("agreed", ["40.00", "40.00", "20.00"])
    assert [await both.values(card) for card in (both.changing.card, done["result_id"])] == [["120"] * 3, ["120"] * 3]


async def test_a_request_for_what_the_correction_says_lapses(both: Both) -> None:
    lines: list[dict[str, Any]] = [dict(line) for line in both.changing.scene.lines("50.00", "30.00", "20.00")]
    for line in lines:
        line["targets"] = [{"value": "120", "unit": "count", "period": "month"}]
    change = await both.changing.requested("ann", lines=lines)
    await both.correcting.ordered()
    await both.correcting.pass_the_day()
    assert (await both.changing.change(change["id"]))["status"] == "lapsed"


async def test_a_change_agreed_before_a_correction_is_ordered_is_corrected_on_both_scorecards(both: Both) -> None:
    change = await both.changing.requested("ann", "40.00", "40.00", "20.00")
    successor = (await both.changing.answer(change, "agree", "max")).json()["result_id"]
    correction = await both.correcting.ordered()
    await both.correcting.pass_the_day()
    assert await both.correcting.progress(correction) == ("done", {"applied": 3})
    assert [await both.values(card) for card in (both.changing.card, successor)] == [["120"] * 3, ["120"] * 3]
    assert await both.weights(successor) == ["40.00", "40.00", "20.00"]


async def test_ordered_and_agreed_at_once_no_scorecard_keeps_the_wrong_target(both: Both) -> None:
    change = await both.changing.requested("ann", "40.00", "40.00", "20.00")
    ordered, answered = await asyncio.gather(both.correcting.order(), both.changing.answer(change, "agree", "max"))
    assert (ordered.status_code, answered.status_code in {200, 409}) == (201, True)
    await asyncio.gather(both.correcting.work(), both.changing.answer(change, "agree", "max"))
    await both.correcting.scene.organization.set_clock("2026-03-17T00:01:00Z")
    await asyncio.gather(both.correcting.work(), both.correcting.work(), both.changing.answer(change, "agree", "max"))
    now = await both.changing.change(change["id"])
    cards = [both.changing.card, *([now["result_id"]] if now["status"] == "agreed" else [])]
    assert [await both.values(card) for card in cards] == [["120"] * 3] * len(cards)
    assert now["status"] in {"agreed", "pending"}
