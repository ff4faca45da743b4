"""Two sides come to an agreement, over HTTP: whose turn it is, what is signed, what refuses, what happens at once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from chassis.events import Event
from chassis.jobs import Job
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.scorecards.activation import activate_begun
from kpi_api.scorecards.models import Scorecard, ScorecardSignature
from tests.kpi_api import given
from tests.kpi_api.scorecards.scene import Scene


async def event_types(scene: Scene) -> list[str]:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        types = await session.scalars(select(Event.type).where(Event.type.like("scorecard.%")).order_by(Event.id))
        return list(types)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_manager_proposes_and_person_agrees(scene: Scene) -> None:
    card = await scene.opened()
    proposed = await scene.act(card, "propose", "max", comment="as discussed")
    assert (proposed.status_code, proposed.json()["status"], proposed.json()["written_by_side"]) == (200, "proposed", "manager")
    agreed = (await scene.act(card, "agree", "ann")).json()
    assert (agreed["status"], agreed["imposed"]) == ("active", False)
    assert [(s["side"], s["signer_id"]) for s in agreed["signatures"]] == [
        ("manager", str(scene.people["max"].id)),
        ("person", str(scene.people["ann"].id)),
    ]
    assert {s["digest"] for s in agreed["signatures"]} == {agreed["agreement_digest"]}
    steps = [(h["verb"], h["from_status"], h["to_status"], h["side"], h["comment"]) for h in agreed["history"]]
    assert steps == [
        ("open", None, "draft", "hr", None),
        ("propose", "draft", "proposed", "manager", "as discussed"),
        ("agree", "proposed", "agreed", "person", None),
        ("activate", "agreed", "active", "clock", None),
    ]
    assert await event_types(scene) == ["scorecard.proposed", "scorecard.agreed", "scorecard.activated"]


async def test_a_counter_is_the_other_sides_own_text(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    countered = await scene.act(card, "counter", "ann", comment="less of the last", lines=scene.lines("60.00", "30.00", "10.00"))
    assert (countered.json()["status"], countered.json()["written_by_side"]) == ("countered", "person")
    assert [line["weight"] for line in countered.json()["lines"]] == ["60.00", "30.00", "10.00"]
    assert code(await scene.act(card, "agree", "ann")) == (403, "not_your_turn")
    agreed = (await scene.act(card, "agree", "max")).json()
    digests = [s["digest"] for s in agreed["signatures"]]
    assert digests[0] != digests[1] == digests[2] == agreed["agreement_digest"]


@pytest.mark.parametrize(("verb", "by"), [("reject", "ann"), ("withdraw", "max")])
async def test_back_to_draft(scene: Scene, verb: str, by: str) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    other = "max" if by == "ann" else "ann"
    assert code(await scene.act(card, verb, other)) == (403, "not_your_turn")
    answer = await scene.act(card, verb, by)
    assert (answer.json()["status"], answer.json()["agreement_digest"]) == ("draft", None)
    assert code(await scene.act(card, "agree", "ann")) == (409, "wrong_status")


async def test_who_stands_outside_finds_nothing_and_who_only_looks_may_not_act(scene: Scene) -> None:
    card = await scene.opened()
    outside = await (await scene.client("eve")).get(f"/v1/scorecards/{card}")
    never_was = await (await scene.client("eve")).get(f"/v1/scorecards/{scene.cycle.id}")
    assert (outside.status_code, outside.json()) == (404, never_was.json())
    assert (await scene.act(card, "propose", "eve")).status_code == 404
    assert code(await scene.act(card, "propose", "lou")) == (403, "not_your_turn")
    assert {v["verb"]: v["allowed"] for v in (await scene.read(card, "lou"))["verbs"]} == dict.fromkeys(
        ["propose", "counter", "agree", "reject", "withdraw", "force"], False
    )
    assert (await scene.read(card))["status"] == "draft"
    listed = [(await (await scene.client(name)).get("/v1/scorecards")).json()["items"] for name in ("ann", "max", "lou", "eve")]
    assert [len(items) for items in listed] == [1, 1, 1, 0]


async def test_hr_may_force_with_a_reason_but_not_agree_for_anybody(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert code(await scene.act(card, "agree", "hr")) == (403, "not_your_turn")
    assert (await scene.act(card, "force", "hr")).status_code == 422
    assert code(await scene.act(card, "force", "max", reason="late")) == (403, "not_your_turn")
    forced = (await scene.act(card, "force", "hr", reason="Ann is on leave until June")).json()
    assert (forced["status"], forced["imposed"], forced["history"][-2]["comment"]) == ("active", True, "Ann is on leave until June")
    assert forced["signatures"][-1]["side"] == "hr"


async def test_the_board_agrees_with_whoever_has_no_manager(scene: Scene) -> None:
    lou = scene.people["lou"]
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(Kpi).values(owner_person_id=lou.id))
    card = await scene.opened(by="lou", of="lou")
    await scene.act(card, "propose", "lou")
    assert (await scene.act(card, "agree", "max")).status_code == 404
    agreed = (await scene.act(card, "agree", "bea")).json()
    assert (agreed["status"], agreed["signatures"][-1]["signer_id"]) == ("active", str(scene.people["bea"].id))
    anns = await scene.opened(lines=[])
    assert (await (await scene.client("bea")).get(f"/v1/scorecards/{anns}")).status_code == 404


@pytest.mark.parametrize(
    ("weights", "accepted"),
    [
        (("30", "69.99"), False),
        (("30", "70.00"), True),
        (("0.75", "0.75", "98.50"), True),
        (("0.75", "0.75", "98.49"), False),
        ((), False),
    ],
)
async def test_weights_total_a_hundred_at_two_places(scene: Scene, weights: tuple[str, ...], accepted: bool) -> None:
    card = await scene.opened(lines=scene.lines(*weights))
    answer = await scene.act(card, "propose", "ann")
    assert answer.status_code == (200 if accepted else 422)
    if not accepted:
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("/lines", "weights_total" if weights else "no_lines")]
        assert (await scene.read(card))["signatures"] == []


async def test_a_target_changed_after_the_first_signature_stops_the_second(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(KpiTarget).where(KpiTarget.kpi_id == scene.kpis[0].id).values(value=120))
    assert code(await scene.act(card, "agree", "ann")) == (409, "text_changed")
    assert (await scene.act(card, "counter", "ann", comment="the new target is fine")).status_code == 200
    assert (await scene.act(card, "agree", "max")).json()["status"] == "active"


async def test_etags_are_asked_for_and_compared(scene: Scene) -> None:
    card = await scene.opened()
    client = await scene.client("ann")
    assert code(await client.post(f"/v1/scorecards/{card}/propose", json={})) == (428, "precondition_required")
    old = (await scene.read(card))["etag"]
    changed = await client.put(f"/v1/scorecards/{card}/lines", json={"lines": scene.lines("100")}, headers={"If-Match": old})
    assert (changed.status_code, len(changed.json()["lines"])) == (200, 1)
    stale = await scene.act(card, "propose", "ann", etag=old)
    assert code(stale) == (412, "precondition_failed")
    assert stale.json()["current_etag"] == changed.headers["ETag"] != old


@pytest.mark.parametrize("second", [("counter", "ann", {"comment": "no"}), ("withdraw", "max", {}), ("agree", "ann", {})])
async def test_of_two_at_once_one_wins(scene: Scene, second: tuple[str, str, dict[str, Any]]) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    etag = (await scene.read(card))["etag"]
    verb, by, body = second
    answers = await asyncio.gather(scene.act(card, "agree", "ann", etag=etag), scene.act(card, verb, by, etag=etag, **body))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        signatures = (await session.scalars(select(ScorecardSignature.side))).all()
    assert len(signatures) == (1 if next(a for a in answers if a.status_code == 200).json()["status"] == "draft" else 2)


async def test_lines_name_kpis_of_this_person_and_cycle_only(scene: Scene) -> None:
    other_cycle = given.a_cycle(code="2027")
    definition, version = given.a_definition("other")
    eves, later = given.a_kpi(version, scene.cycle, scene.people["eve"]), given.a_kpi(version, other_cycle, scene.people["ann"])
    await given.store(scene.organization, other_cycle, definition, version, eves, later)
    lines = [{"kpi_id": str(id_), "weight": "1"} for id_ in (eves.id, later.id, scene.cycle.id)]
    for by, codes in {
        "hr": ["kpi_of_another_person", "kpi_of_another_cycle", "unknown_kpi"],
        "ann": ["unknown_kpi", "kpi_of_another_cycle", "unknown_kpi"],
    }.items():
        answer = await scene.open(by=by, lines=lines)
        assert (answer.status_code, [e["code"] for e in answer.json()["errors"]]) == (422, codes)
    assert (await (await scene.client("hr")).get("/v1/scorecards")).json()["items"] == []


async def test_what_is_agreed_early_begins_with_its_window(scene: Scene) -> None:
    card = await scene.opened()
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        start = session.today + timedelta(days=3)
        await session.execute(update(Scorecard).values(window_start=start, window_end=start + timedelta(days=30)))
    await scene.act(card, "propose", "ann")
    assert (await scene.act(card, "agree", "max")).json()["status"] == "agreed"
    await activate(scene)
    assert (await scene.read(card))["status"] == "agreed"
    await scene.organization.set_clock(f"{start.isoformat()}T00:00:01Z")
    await activate(scene)
    assert (await scene.read(card))["status"] == "active"
    assert (await event_types(scene)).count("scorecard.activated") == 1


async def activate(scene: Scene) -> None:
    await activate_begun(Job(scene.organization.world.kpi_api.database, scene.organization.id, {}))
