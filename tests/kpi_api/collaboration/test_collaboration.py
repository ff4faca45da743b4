"""S1 told as a story: terms that each stakeholder agrees to, other proposals, parts in the open, the celebration, what is learned."""

import asyncio
from typing import Any

from tests.kpi_api.cascade.company import kpi
from tests.kpi_api.collaboration.conftest import TARGET, Launch


async def test_each_stakeholder_agrees_and_who_has_not_is_seen_by_all(launch: Launch) -> None:
    seen = await launch.read("hal")
    assert (seen["state"], seen["waiting_for"]) == ("open", ["North", "Support", "fay"])
    assert seen["terms"]["targets"] == [TARGET | {"part": "main", "comparison": "at_least", "period": "window"}]
    assert (seen["terms"]["window_start"], seen["terms"]["window_end"]) == ("2026-03-01", "2026-04-29")

    await launch.agree("gus", "fay")
    half = await launch.read("hal")
    assert half["waiting_for"] == ["North"]
    units = [one for one in half["stakeholders"] if one["unit"] and one["agreed"]]
    assert [(one["unit"]["name"], one["agreed_by"]["name"]) for one in units] == [("Support", "gus")]

    await launch.agree("dora")
    assert [(await launch.read(who))["state"] for who in ("eli", "gus", "fay", "ida")] == ["agreed"] * 4


async def test_only_a_stakeholder_agrees_for_themselves_or_the_unit_they_head(launch: Launch) -> None:
    digest = (await launch.read("hal"))["digest"]
    for name in ("hal", "cleo", "eli"):
        refused = await (await launch.client(name)).post(f"{launch.path}/agreement", json={"digest": digest})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_voice"), name
        assert not next(verb for verb in (await launch.read(name))["verbs"] if verb["verb"] == "agree")["allowed"]
    admin = await launch.company.admin()
    assert (await admin.post(f"{launch.path}/agreement", json={"digest": digest})).status_code == 403, "nobody agrees for others"
    assert (await launch.read("hal"))["waiting_for"] == ["North", "Support", "fay"]


async def test_nobody_agrees_to_what_changed_under_their_hand(launch: Launch) -> None:
    await launch.agree("gus")
    seen = (await launch.read("fay"))["digest"]
    dora = await launch.client("dora")
    changed = await dora.put(f"/v1/kpis/{launch.kpi_id}/targets", json={"targets": [TARGET | {"value": "1200"}]}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text

    late = await (await launch.client("fay")).post(f"{launch.path}/agreement", json={"digest": seen})
    assert (late.status_code, late.json()["code"], late.json()["changes"]) == (409, "terms_changed", ["target of main: 1000, now 1200"])

    now = await launch.read("gus")
    assert now["waiting_for"] == ["North", "Support", "fay"], "everybody is asked anew"
    assert [one["changes"] for one in now["stakeholders"] if one["yours"]] == [["target of main: 1000, now 1200"]]

    await dora.put(f"/v1/kpis/{launch.kpi_id}/targets", json={"targets": [TARGET]}, headers={"If-Match": "*"})
    assert (await launch.read("gus"))["waiting_for"] == ["North", "fay"], "who agreed to these terms agrees to them still"


async def test_a_proposal_is_taken_once_and_gives_the_kpi_its_targets(launch: Launch) -> None:
    fay, dora = await launch.client("fay"), await launch.client("dora")
    lower = {"text": "900 is what we saw last year.", "targets": [TARGET | {"value": "900"}]}
    made = await fay.post(f"{launch.path}/proposals", json=lower)
    assert made.status_code == 201, made.text
    [proposal] = made.json()["proposals"]
    said = await (await launch.client("hal")).post(f"{launch.path}/comments", json={"text": "Agreed.", "proposal_id": proposal["id"]})
    assert [(one["author"]["name"], one["text"]) for one in said.json()["comments"]] == [("hal", "Agreed.")]

    place = f"{launch.path}/proposals/{proposal['id']}"
    assert (await fay.post(f"{place}/take", json={})).status_code == 403, "whoever leads the KPI takes it"
    answers = await asyncio.gather(*(dora.post(f"{place}/{answer}", json={"reply": "Fair."}) for answer in ("take", "decline")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    seen = await launch.read("fay")
    [answered] = seen["proposals"]
    value = {"taken": "900", "declined": "1000"}[answered["status"]]
    assert (seen["terms"]["targets"][0]["value"], answered["reply"]) == (value, "Fair.")
    assert (await fay.post(f"{place}/withdraw", json={})).json()["code"] == "proposal_answered"


async def test_taking_a_proposal_puts_no_targets_into_a_closed_cycle(launch: Launch) -> None:
    fay, dora = await launch.client("fay"), await launch.client("dora")
    lower = {"text": "900 is what we saw last year.", "targets": [TARGET | {"value": "900"}]}
    [proposal] = (await fay.post(f"{launch.path}/proposals", json=lower)).json()["proposals"]
    place = f"{launch.path}/proposals/{proposal['id']}"
    await launch.close_cycle()

    taken = await dora.post(f"{place}/take", json={"reply": "Fair."})

    assert (taken.status_code, taken.json()["code"]) == (409, "cycle_closed")
    seen = await launch.read("fay")
    assert (seen["proposals"][0]["status"], seen["terms"]["targets"][0]["value"]) == ("open", "1000"), "nothing of the answer stays"
    assert (await dora.post(f"{place}/decline", json={"reply": "Too late."})).status_code == 200


async def test_all_see_all_parts_and_the_joint_result_is_none_of_their_sums(launch: Launch) -> None:
    support = await launch.stakeholder("Support")
    record = {"stakeholder_id": support, "day": "2026-03-20", "value": "40", "unit": "calls", "note": "welcomed new users"}
    assert (await (await launch.client("hal")).post(f"{launch.path}/records", json=record)).status_code == 201
    await launch.measure("600")

    seen = await launch.read("eli")
    assert [(one["recorded_by"]["name"], one["value"], one["unit"]) for one in seen["records"]] == [("hal", "40", "calls")]
    measured = (await (await launch.client("eli")).get(f"/v1/kpis/{launch.kpi_id}/measurements")).json()
    assert [part["actual"] for part in measured["actuals"]] == ["600"]
    alone = await (await launch.client("hal")).post(f"{launch.path}/records", json=record | {"unit": None})
    assert alone.status_code == 422


async def test_credit_is_divided_to_the_last_hundredth_or_not_at_all(launch: Launch) -> None:
    names = [await launch.stakeholder(name) for name in ("North", "Support", "fay")]
    dora = await launch.client("dora")

    async def divide(*shares: str) -> tuple[int, str | None]:
        given = [{"stakeholder_id": id_, "share": share} for id_, share in zip(names, shares, strict=False)]
        digest = (await launch.read("dora"))["digest"]
        answer = await dora.put(f"{launch.path}/credit-shares", json={"shares": given, "digest": digest})
        return answer.status_code, None if answer.is_success else answer.json()["errors"][0]["code"]

    assert await divide("33.33", "33.33", "33.33") == (422, "shares_total")
    assert await divide("50.00", "50.00") == (422, "stakeholder_missing")
    await launch.agree("gus")
    assert await divide("33.34", "33.33", "33.33") == (200, None)
    seen = await launch.read("gus")
    assert [one["credit_share"] for one in seen["stakeholders"]] == ["33.34", "33.33", "33.33"]
    assert "Support" in seen["waiting_for"], "who shares in what is part of the terms"
    assert (await divide())[0] == 200
    assert [one["credit_share"] for one in (await launch.read("gus"))["stakeholders"]] == [None] * 3


async def test_what_is_reached_together_is_celebrated_once_and_the_joint_result_comes_first(launch: Launch) -> None:
    north = await launch.stakeholder("North")
    sold = {"stakeholder_id": north, "day": "2026-03-30", "value": "1034", "unit": "orders", "note": "closed"}
    await (await launch.client("eli")).post(f"{launch.path}/records", json=sold)
    await launch.company.organization.set_clock("2026-04-01T09:00:00Z")
    await launch.measure("999")
    await launch.celebrate(kpi_ids=[launch.kpi_id])
    assert (await launch.read("fay"))["celebration"] is None

    await launch.measure("1034")
    await asyncio.gather(launch.celebrate(kpi_ids=[launch.kpi_id]), launch.celebrate())
    seen = await launch.read("fay")
    assert seen["state"] == "achieved"
    assert seen["celebration"]["text"].splitlines() == [
        "Together you reached it: Revenue of launch, 1,034 USD of at least 1,000 USD, on 2026-04-01.",
        "What each brought:",
        "North: sells; 1,034 orders, closed (eli).",
        "Support: brings new users on board.",
        "fay: writes the mails.",
    ]
    assert await launch.told_of("kpi.achieved_together") == [launch.kpi_id]

    for shy in ("fay", "eli"):
        assert (await (await launch.client(shy)).put(f"{launch.path}/naming", json={"named": False})).json()["named"] is False
    told = (await launch.read("gus"))["celebration"]["text"].splitlines()
    assert told[2] == "North: sells; 1,034 orders, closed."
    assert told[3:] == ["Support: brings new users on board.", "And one who would rather not be named."]


async def test_what_was_learned_is_kept_and_shown_when_the_next_is_designed(launch: Launch) -> None:
    told = {"went_well": "We met each morning.", "to_improve": "Ask Support earlier."}
    early = await (await launch.client("hal")).put(f"{launch.path}/retrospective", json=told)
    assert (early.status_code, early.json()["code"]) == (409, "too_early")
    await launch.company.organization.set_clock("2026-05-02T09:00:00Z")
    assert (await launch.read("hal"))["state"] == "over"
    for words in ("Ask Support first.", "Ask Support earlier."):
        kept = await (await launch.client("hal")).put(f"{launch.path}/retrospective", json=told | {"to_improve": words})
        assert kept.status_code == 200, kept.text

    window: dict[str, Any] = {"window_start": "2026-06-01", "window_days": 60}
    carriers = [{"unit_code": "north"}, {"unit_code": "support"}]
    following = kpi("second", "team", unit="north", collaborative=True, stakeholders=carriers, **window)
    second = (await launch.company.create(following))["second"]
    seen = (await (await launch.client("gus")).get(f"/v1/kpis/{second}/collaboration")).json()
    assert [(one["author"]["name"], one["to_improve"]) for one in seen["earlier"]] == [("hal", "Ask Support earlier.")]
    assert seen["retrospectives"] == []


async def test_a_kpi_out_of_sight_or_carried_by_one_has_no_collaboration(launch: Launch) -> None:
    ids = await launch.company.create(kpi("alone", "individual", person="hal"))
    stranger = await (await launch.client("eli")).get(f"/v1/kpis/{ids['alone']}/collaboration")
    never = await (await launch.client("eli")).get("/v1/kpis/01a21200-0000-7000-8000-000000000000/collaboration")
    assert (stranger.status_code, stranger.json()) == (404, never.json())
    own = await (await launch.client("hal")).get(f"/v1/kpis/{ids['alone']}/collaboration")
    assert (own.status_code, own.json()["code"]) == (409, "not_collaborative")
