"""An agreed scorecard changes in mid-year, when both sides sign: what holds for which days, whose turn it is, what happens at once."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.test_signed import delegate


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_an_agreed_change_ends_the_scorecard_and_another_one_succeeds_it(agreed: AgreedYear) -> None:
    scene = agreed.scene
    before = await scene.read(agreed.card)
    change = await agreed.requested("ann", "40.00", "40.00", "20.00")
    assert (change["status"], change["side"], change["kind"], change["reason"]) == ("pending", "person", "request", "another market")
    assert change["differences"] == ["Weight of “Calls 0”: 50.00, now 40.00.", "Weight of “Calls 1”: 30.00, now 40.00."]
    assert code(await agreed.answer(change, "agree", "ann")) == (403, "not_your_turn"), "nobody agrees with themselves"
    done = await agreed.answer(change, "agree", "max", comment="fine")
    assert done.status_code == 200, done.text
    assert (done.json()["status"], done.json()["signer_id"]) == ("agreed", str(scene.people["ann"].id))

    first, second = await scene.read(agreed.card), await scene.read(done.json()["result_id"])
    assert [(card["window_start"], card["window_end"], card["status"]) for card in (first, second)] == [
        ("2026-01-01", "2026-06-30", "active"), ("2026-07-01", "2026-12-31", "agreed"),
    ]  # fmt: skip
    assert (first["agreement_digest"], first["signatures"]) == (before["agreement_digest"], before["signatures"]), "what was signed stays"
    assert [line["weight"] for line in first["lines"]] == ["50.00", "30.00", "20.00"]
    assert [line["weight"] for line in second["lines"]] == ["40.00", "40.00", "20.00"]
    assert [signature["side"] for signature in second["signatures"]] == ["person", "manager"]
    assert {signature["digest"] for signature in second["signatures"]} == {second["agreement_digest"]} == {change["digest"]}
    assert (await agreed.story())[-2:] == [
        "2026-04-01: The manager agreed to the change, from 2026-07-01 on.",
        "2026-04-01: The manager signed the text that this scorecard carries from now on, for 2026-07-01 to 2026-12-31.",
    ]


async def test_from_the_first_day_the_text_is_replaced_and_the_former_one_kept(agreed: AgreedYear) -> None:
    change = await agreed.requested("max", "60.00", "40.00", since="2026-01-01")
    weights = ["Weight of “Calls 0”: 50.00, now 60.00.", "Weight of “Calls 1”: 30.00, now 40.00."]
    assert change["differences"] == ["“Calls 2” was removed.", *weights]
    done = (await agreed.answer(change, "agree", "ann")).json()
    card = await agreed.scene.read(agreed.card)
    assert (done["result_id"], card["window_end"], card["agreement_digest"]) == (agreed.card, "2026-12-31", change["digest"])
    assert [line["weight"] for line in card["lines"]] == ["60.00", "40.00"]
    assert len({signature["digest"] for signature in card["signatures"]}) == 2, "four signatures over two texts"


async def test_the_target_of_an_own_kpi_changes_with_the_agreement_and_not_before(agreed: AgreedYear) -> None:
    scene = agreed.scene
    lines = scene.lines("50.00", "30.00", "20.00")
    lines[0]["targets"] = [{"value": "120", "unit": "count", "period": "month"}]  # type: ignore[assignment]
    change = await agreed.requested("max", lines=lines)
    assert change["differences"] == ["Target of “Calls 0”: 100, now 120."]
    assert await target(agreed) == "100"
    done = (await agreed.answer(change, "agree", "ann")).json()
    assert await target(agreed) == "120"
    assert await agreed.changes(status="pending") == []
    assert done["digest"] == (await scene.read(done["result_id"]))["agreement_digest"]


async def target(agreed: AgreedYear) -> str:
    answer = await (await agreed.scene.client("hr")).get(f"/v1/kpis/{agreed.scene.kpis[0].id}")
    return answer.json()["targets"][0]["value"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("verb", "by", "status"), [("reject", "max", "rejected"), ("withdraw", "ann", "withdrawn")])
async def test_without_agreement_the_signed_text_stays(agreed: AgreedYear, verb: str, by: str, status: str) -> None:
    before = await agreed.scene.read(agreed.card)
    change = await agreed.requested("ann", "40.00", "40.00", "20.00")
    other = "ann" if by == "max" else "max"
    assert code(await agreed.answer(change, verb, other)) == (403, "not_your_turn")
    assert (await agreed.answer(change, verb, by)).json()["status"] == status
    assert code(await agreed.answer(change, "agree", "max")) == (409, "change_decided")
    after = await agreed.scene.read(agreed.card)
    assert {**after, "history": None} == {**before, "history": None}
    assert (await agreed.request("max", "40.00", "60.00")).status_code == 201, "and another one may be asked for"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"since": "2025-12-31"}, "change_refused"),
        ({"since": "2027-01-01"}, "change_refused"),
        ({"lines": []}, "invalid"),
    ],
)
async def test_what_cannot_be_is_refused(agreed: AgreedYear, body: dict[str, Any], expected: str) -> None:
    refused = await agreed.request("ann", "40.00", "60.00", **body)
    assert refused.status_code == 422
    assert expected in refused.text or expected == "invalid"
    assert await agreed.changes() == []


async def test_a_text_with_errors_or_without_a_difference_is_refused(agreed: AgreedYear) -> None:
    off = await agreed.request("ann", "40.00", "59.99")
    assert (off.status_code, off.json()["errors"][0]["code"]) == (422, "weights_total")
    assert code(await agreed.request("ann", "50.00", "30.00", "20.00")) == (422, "change_refused")
    assert await agreed.changes() == []


async def test_who_stands_outside_finds_nothing(agreed: AgreedYear) -> None:
    change = await agreed.requested("ann", "40.00", "60.00")
    assert (await agreed.request("eve", "40.00", "60.00")).status_code == 404
    assert (await agreed.answer(change, "agree", "eve")).status_code == 404
    assert code(await agreed.answer(change, "agree", "lou")) == (403, "not_your_turn")
    assert code(await agreed.request("hr", "40.00", "60.00")) == (403, "not_your_turn")
    assert await agreed.changes(by="eve") == []
    never_was = await (await agreed.scene.client("eve")).get(f"/v1/scorecard-changes/{agreed.card}")
    outside = await (await agreed.scene.client("eve")).get(f"/v1/scorecard-changes/{change['id']}")
    assert (outside.status_code, outside.json()) == (404, never_was.json())


async def test_of_two_at_once_one_asks_and_one_answers(agreed: AgreedYear) -> None:
    asked = await asyncio.gather(agreed.request("ann", "40.00", "60.00"), agreed.request("max", "60.00", "40.00"))
    assert sorted(answer.status_code for answer in asked) == [201, 409]
    assert {code(answer) for answer in asked if answer.status_code == 409} == {(409, "change_pending")}
    [change] = await agreed.changes()
    other = {"person": "max", "manager": "ann"}[change["side"]]
    etag = f'"{change["version"]}"'
    answers = await asyncio.gather(*(agreed.answer(change, verb, other, etag) for verb in ("agree", "reject")))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await agreed.answer(change, "agree", other, '"7"')).status_code == 412


async def test_an_ended_scorecard_is_not_changed_again_but_its_successor_is(agreed: AgreedYear) -> None:
    change = await agreed.requested("ann", "40.00", "60.00")
    successor = (await agreed.answer(change, "agree", "max")).json()["result_id"]
    refused = await agreed.request("ann", "30.00", "70.00", since="2026-02-01")
    assert (code(refused), refused.json()["successor_id"]) == ((409, "wrong_status"), successor)
    again = await agreed.requested("max", "30.00", "70.00", card=successor, since="2026-10-01")
    last = (await agreed.answer(again, "agree", "ann")).json()["result_id"]
    windows = [(await agreed.scene.read(card))["window_start"] for card in (agreed.card, successor, last)]
    assert windows == ["2026-01-01", "2026-07-01", "2026-10-01"]


async def test_once_the_measurements_are_frozen_nothing_is_changed(agreed: AgreedYear) -> None:
    change = await agreed.requested("ann", "40.00", "60.00")
    closed = await (await agreed.scene.client("hr")).post("/v1/cycles/2026/close")
    assert closed.status_code in {200, 202}, closed.text
    assert code(await agreed.answer(change, "agree", "max")) == (409, "measurements_frozen")
    assert code(await agreed.request("ann", "30.00", "70.00")) == (409, "measurements_frozen")
    assert (await agreed.change(change["id"]))["status"] == "lapsed"


async def test_a_delegate_asks_and_agrees_for_the_absent_manager(agreed: AgreedYear) -> None:
    people = agreed.scene.people
    await delegate(agreed.scene, "max", "lou")
    change = await agreed.requested("lou", "40.00", "60.00")
    assert (change["side"], change["signer_id"], change["on_behalf_of_id"]) == ("manager", str(people["lou"].id), str(people["max"].id))
    done = (await agreed.answer(change, "agree", "ann")).json()
    back = await agreed.requested("ann", "30.00", "70.00", card=done["result_id"], since="2026-10-01")
    last = (await agreed.answer(back, "agree", "lou")).json()["result_id"]
    for card, sides in ((done["result_id"], ["manager", "person"]), (last, ["person", "manager"])):
        signed = (await agreed.scene.read(card))["signatures"]
        absent = {"manager": str(people["max"].id), "person": None}
        assert [(one["side"], one["on_behalf_of_id"]) for one in signed] == [(side, absent[side]) for side in sides]
