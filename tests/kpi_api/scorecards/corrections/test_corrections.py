"""A wrong target for many people is one correction: previewed, announced, objected to by some, in force for the others after its day."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from chassis.events import Event
from chassis.jobs import Job
from kpi_api.cascade.models import KpiTarget
from kpi_api.scorecards.corrections.jobs import correct
from tests.kpi_api import given
from tests.kpi_api.scorecards.scene import Scene

DAY = "2026-03-16"
TARGET = [{"definition_code": "calls", "targets": [{"value": "120"}]}]
CHANGES = [f"Target of “Calls {number}”: 100, now 120." for number in range(3)]


@dataclass
class Year:
    """Ann and Max have signed scorecards of the same definition on 2 March."""

    scene: Scene
    cards: dict[str, str]

    async def call(self, by: str, method: str, path: str, **body: Any) -> httpx.Response:
        client = await self.scene.client(by)
        return await client.request(method, path, **({"json": body} if method == "POST" else {}))

    async def order(self, by: str = "hr", **other: Any) -> httpx.Response:
        body = {"cycle_code": "2026", "lines": TARGET, "reason": "100 was last year's", "objections_until": DAY} | other
        return await self.call(by, "POST", "/v1/scorecard-corrections", **body)

    async def ordered(self, **other: Any) -> str:
        answer = await self.order(**other)
        assert answer.status_code == 201, answer.text
        await self.work()
        return str(answer.json()["id"])

    async def work(self) -> None:
        organization = self.scene.organization
        await correct(Job(organization.world.kpi_api.database, organization.id, {}))

    async def pass_the_day(self) -> None:
        await self.scene.organization.set_clock("2026-03-17T00:01:00Z")
        await self.work()

    async def progress(self, correction: str) -> tuple[str, dict[str, int]]:
        found = (await self.call("hr", "GET", f"/v1/scorecard-corrections/{correction}")).json()
        return found["status"], {name: count for name, count in found["scorecards"].items() if count}

    async def of(self, name: str, by: str) -> list[dict[str, Any]]:
        return list((await self.call(by, "GET", f"/v1/scorecards/{self.cards[name]}/corrections")).json())

    async def object(self, name: str, by: str, correction: str) -> httpx.Response:
        return await self.call(by, "POST", f"/v1/scorecards/{self.cards[name]}/corrections/{correction}/object", reason="We agreed on 100")

    async def signed(self, name: str) -> dict[str, Any]:
        return dict((await self.call("hr", "GET", f"/v1/scorecards/{self.cards[name]}/agreement")).json())

    async def signed_targets(self, name: str) -> list[str]:
        return [line["parts"][0]["value"] for line in (await self.signed(name))["document"]["lines"]]

    async def targets(self) -> list[Decimal]:
        async with self.scene.organization.world.kpi_api.database.read(self.scene.organization.id) as session:
            mine = select(KpiTarget.value).where(KpiTarget.kpi_id.in_([kpi.id for kpi in self.scene.kpis]))
            return list(await session.scalars(mine))

    async def events(self) -> list[str]:
        async with self.scene.organization.world.kpi_api.database.read(self.scene.organization.id) as session:
            return list(await session.scalars(select(Event.type).where(Event.type.like("scorecard.correct%")).order_by(Event.id)))


@pytest.fixture
async def year(scene: Scene) -> Year:
    return await signed_year(scene)


async def signed_year(scene: Scene) -> Year:
    await scene.organization.set_clock("2026-03-02T09:00:00Z")
    definition, version = given.a_definition("talks")
    own = given.a_kpi(version, scene.cycle, scene.people["max"], code="talks", name="Talks")
    await given.store(scene.organization, definition, version, own, given.a_target(own, "8"))
    version_of_calls = scene.kpis[0].definition_version_id
    maxs = given.a_kpi(version, scene.cycle, scene.people["max"], code="maxs", name="Calls of Max")
    maxs.definition_version_id = version_of_calls
    await given.store(scene.organization, maxs, given.a_target(maxs, "100"))
    cards = {"ann": await scene.opened()}
    lines = [{"kpi_id": str(own.id), "weight": "40.00"}, {"kpi_id": str(maxs.id), "weight": "60.00"}]
    cards["max"] = await scene.opened(of="max", lines=lines)
    for name, manager in (("ann", "max"), ("max", "lou")):
        await scene.act(cards[name], "propose", manager)
        assert (await scene.act(cards[name], "agree", name)).json()["status"] == "active"
    return Year(scene, cards)


async def test_a_preview_counts_and_keeps_nothing(year: Year) -> None:
    answer = await year.call("hr", "POST", "/v1/scorecard-corrections/preview", cycle_code="2026", lines=TARGET)
    found = answer.json()
    assert (found["selected"], found["would_change"], found["unchanged"], found["refused"]) == (2, 2, 0, [])
    assert {one["scorecard_id"]: one["changes"] for one in found["first"]}[year.cards["ann"]] == CHANGES
    assert (await year.call("hr", "GET", "/v1/scorecard-corrections")).json()["items"] == []
    same = [{"definition_code": "calls", "targets": [{"value": "100"}]}]
    found = (await year.call("hr", "POST", "/v1/scorecard-corrections/preview", cycle_code="2026", lines=same)).json()
    assert (found["selected"], found["would_change"], found["unchanged"]) == (2, 0, 2)


async def test_what_nobody_objects_to_is_in_force_after_the_day_under_hrs_signature(year: Year) -> None:
    before = await year.signed("ann")
    correction = await year.ordered()
    assert await year.progress(correction) == ("open", {"pending": 2})
    for by in ("ann", "max", "hr"):
        (one,) = await year.of("ann", by)
        assert (one["status"], one["reason"], one["objections_until"], one["changes"]) == ("pending", "100 was last year's", DAY, CHANGES)
    assert (await year.signed("ann"))["digest"] == before["digest"]
    await year.pass_the_day()
    await year.work()
    assert await year.progress(correction) == ("done", {"applied": 2})
    after = await year.signed("ann")
    assert (await year.signed_targets("ann"), await year.signed_targets("max")) == (["120"] * 3, ["8", "120"])
    assert (after["verified"], [one["side"] for one in after["signatures"]]) == (True, ["hr"])
    card = await year.scene.read(year.cards["ann"])
    assert (card["status"], card["imposed_by_correction_id"], card["imposed"]) == ("active", correction, False)
    step = card["history"][-1]
    assert (step["verb"], step["side"], step["comment"]) == ("correct", "hr", "100 was last year's")
    assert await year.targets() == [Decimal(120)] * 3
    # What both sides had signed is still there to read, and still holds.
    former = (await year.call("ann", "GET", f"/v1/scorecards/{year.cards['ann']}/agreement?digest={before['digest']}")).json()
    assert (former["verified"], former["present"], former["document"]) == (True, False, before["document"])
    assert await year.events() == [
        "scorecard.correction_ordered", "scorecard.correction_noted", "scorecard.correction_noted", "scorecard.corrected",
        "scorecard.corrected", "scorecard.correction_done",
    ]  # fmt: skip


@pytest.mark.parametrize("side", ["ann", "max"])
async def test_a_side_objects_and_their_scorecard_stays(year: Year, side: str) -> None:
    before, correction = await year.signed("ann"), await year.ordered()
    objected = (await year.object("ann", side, correction)).json()
    assert (objected["status"], objected["objected_side"]) == ("objected", "person" if side == "ann" else "manager")
    assert ((again := await year.object("ann", side, correction)).status_code, again.json()["code"]) == (409, "objections_closed")
    await year.pass_the_day()
    assert await year.progress(correction) == ("done", {"objected": 1, "applied": 1})
    assert await year.signed("ann") == before
    assert await year.targets() == [Decimal(100)] * 3
    (row,) = (await year.call("hr", "GET", f"/v1/scorecard-corrections/{correction}/scorecards?status=objected")).json()["items"]
    assert (row["scorecard_id"], row["objection"]) == (year.cards["ann"], "We agreed on 100")


async def test_who_is_no_side_does_not_object_and_nobody_after_the_day(year: Year) -> None:
    correction = await year.ordered()
    assert (await year.object("ann", "lou", correction)).json()["code"] == "not_your_turn"
    assert (await year.object("ann", "hr", correction)).json()["code"] == "not_your_turn"
    hidden = await year.object("ann", "eve", correction)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
    assert (await year.object("ann", "ann", year.cards["ann"])).status_code == 404
    await year.scene.organization.set_clock("2026-03-17T00:01:00Z")
    assert (await year.object("ann", "ann", correction)).json()["code"] == "objections_closed"


async def test_the_last_day_is_the_sides_own(year: Year) -> None:
    correction = await year.ordered()
    await year.scene.organization.set_clock(f"{DAY}T23:58:00Z")
    await year.work()
    assert await year.progress(correction) == ("open", {"pending": 2})
    assert (await year.object("ann", "ann", correction)).status_code == 200


async def test_weights_that_would_not_total_a_hundred_refuse_that_scorecard_alone(year: Year) -> None:
    lines = [{"definition_code": "talks", "weight": "35.00"}, {"definition_code": "calls", "weight": "65.00"}]
    correction = await year.ordered(lines=lines)
    rows = (await year.call("hr", "GET", f"/v1/scorecard-corrections/{correction}/scorecards")).json()["items"]
    assert {row["scorecard_id"]: (row["status"], row["refused_code"]) for row in rows} == {
        year.cards["ann"]: ("refused", "weights_total"),
        year.cards["max"]: ("pending", None),
    }
    await year.pass_the_day()
    card = await year.scene.read(year.cards["max"])
    assert [line["weight"] for line in card["lines"]] == ["35.00", "65.00"]
    assert [line["weight"] for line in (await year.scene.read(year.cards["ann"]))["lines"]] == ["50.00", "30.00", "20.00"]


async def test_never_two_on_one_scorecard_and_one_withdrawn_frees_it(year: Year) -> None:
    first = await year.ordered()
    second = await year.ordered(lines=[{"definition_code": "calls", "targets": [{"value": "130"}]}])
    assert await year.progress(second) == ("open", {"refused": 2})
    (_, one) = await year.of("ann", "ann")
    assert (one["status"], one["refused_code"]) == ("refused", "already_being_corrected")
    withdrawn = (await year.call("hr", "POST", f"/v1/scorecard-corrections/{first}/withdraw")).json()
    assert (withdrawn["status"], withdrawn["scorecards"]["withdrawn"]) == ("withdrawn", 2)
    third = await year.ordered()
    await year.pass_the_day()
    assert (await year.progress(third), await year.progress(first)) == (("done", {"applied": 2}), ("withdrawn", {"withdrawn": 2}))
    assert (await year.call("hr", "POST", f"/v1/scorecard-corrections/{third}/withdraw")).json()["code"] == "correction_over"


async def test_two_workers_and_an_objection_at_once_decide_each_scorecard_once(year: Year) -> None:
    correction = await year.ordered()
    objecting = year.object("ann", "ann", correction)
    _, objected = await asyncio.gather(year.work(), objecting)
    await year.scene.organization.set_clock("2026-03-17T00:01:00Z")
    await asyncio.gather(year.work(), year.work())
    assert objected.status_code == 200
    assert await year.progress(correction) == ("done", {"objected": 1, "applied": 1})
    assert (await year.events()).count("scorecard.corrected") == 1


async def test_a_text_that_changed_meanwhile_is_corrected_as_it_stands(year: Year) -> None:
    await year.ordered()
    async with year.scene.organization.world.kpi_api.database.write(year.scene.organization.id) as session:
        statement = "UPDATE scorecards SET agreement = jsonb_set(agreement, '{lines,0,weight}', '\"49\"') WHERE id = :id"
        await session.execute(text(statement), {"id": year.cards["ann"]})
    await year.pass_the_day()
    (one,) = await year.of("ann", "ann")
    assert (one["status"], one["refused_code"]) == ("refused", "weights_total")
    assert await year.targets() == [Decimal(100)] * 3


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"cycle_code": "1999"}, "/cycle_code"),
        ({"template_code": "none"}, "/template_code"),
        ({"unit_id": "0198c5d2-0000-7000-8000-000000000001"}, "/unit_id"),
        ({"lines": [{"definition_code": "walks", "weight": "10.00"}]}, "/lines/0/definition_code"),
        ({"lines": [{"definition_code": "calls"}]}, "/lines/0"),
        ({"lines": []}, "/lines"),
        ({"objections_until": "2026-03-02"}, "/objections_until"),
        ({"objections_until": "2027-01-01"}, "/objections_until"),
    ],
)
async def test_what_cannot_be_ordered_says_why(year: Year, other: dict[str, Any], field: str) -> None:
    answer = await year.order(**other)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await year.call("hr", "GET", "/v1/scorecard-corrections")).json()["items"] == []


async def test_only_hr_orders_and_reads(year: Year) -> None:
    correction = await year.ordered()
    for by in ("ann", "max", "bea"):
        assert (await year.order(by)).status_code == 403
        for path in ("", f"/{correction}", f"/{correction}/scorecards", f"/{correction}/withdraw"):
            method = "POST" if path.endswith("withdraw") else "GET"
            assert (await year.call(by, method, f"/v1/scorecard-corrections{path}")).status_code == 403
