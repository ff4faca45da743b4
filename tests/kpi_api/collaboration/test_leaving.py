"""Who carries a KPI together may change: a stakeholder leaves, an agreement is taken back; what was said and done before stays readable."""

import asyncio
from typing import Any

from sqlalchemy import select

from kpi_api.cascade.models import Kpi
from tests.kpi_api.collaboration.conftest import Launch

REASON = {"reason": "Support hands over to Service."}


async def take_off(launch: Launch, by: str, whom: str) -> Any:
    place = f"{launch.path}/stakeholders/{await launch.stakeholder(whom)}/take-off"
    return await (await launch.client(by)).post(place, json=REASON)


async def test_who_leaves_sees_it_no_more_and_what_they_did_stays(launch: Launch) -> None:
    # Given Support agreed and recorded something.
    await launch.agree("gus", "dora")
    support = await launch.stakeholder("Support")
    record = {"stakeholder_id": support, "day": "2026-02-20", "note": "trained the team"}
    assert (await (await launch.client("hal")).post(f"{launch.path}/records", json=record)).status_code == 201
    # When who leads the KPI takes Support off; who carries it may not.
    assert (await take_off(launch, "fay", "Support")).status_code == 403
    left = await take_off(launch, "dora", "Support")
    assert left.status_code == 200, left.text
    # Then the others are asked anew, and Support's part can be read.
    seen = await launch.read("fay")
    assert seen["waiting_for"] == ["North", "fay"]
    assert [one["changes"] for one in seen["stakeholders"]] == [["a stakeholder left"], []]
    (former,) = seen["former"]
    assert (former["unit"]["name"], former["reason"]) == ("Support", REASON["reason"])
    assert former["agreed_at"] is not None
    assert [one["note"] for one in seen["records"]] == ["trained the team"]
    assert await launch.told_of("kpi.stakeholder_left") == [launch.kpi_id]
    # And whoever worked there sees it like a KPI that never was, and records nothing more.
    gone = await (await launch.client("hal")).get(launch.path)
    assert gone.status_code == 404
    refused = await (await launch.client("dora")).post(f"{launch.path}/records", json=record)
    assert refused.status_code == 404
    assert (await (await launch.client("dora")).post(f"{launch.path}/stakeholders/{support}/take-off", json=REASON)).status_code == 404


async def test_who_comes_back_finds_what_they_had_agreed_to(launch: Launch) -> None:
    await launch.agree("gus")
    await take_off(launch, "dora", "Support")
    back = {"stakeholders": [{"unit_code": "support", "part": "brings new users on board"}]}
    named = await (await launch.client("dora")).post(f"/v1/kpis/{launch.kpi_id}/stakeholders", json=back)
    assert named.json()["created"] == 1, named.text
    seen = await launch.read("gus")
    assert (seen["former"], seen["waiting_for"]) == ([], ["North", "fay"]), "the terms are the former ones"


async def test_nobody_leaves_with_a_share_of_the_credit(launch: Launch) -> None:
    dora = await launch.client("dora")
    seen = await launch.read("dora")
    shares = [{"stakeholder_id": one["id"], "share": share} for one, share in zip(seen["stakeholders"], ("50", "25", "25"), strict=True)]
    divided = await dora.put(f"{launch.path}/credit-shares", json={"digest": seen["digest"], "shares": shares})
    assert divided.status_code == 200, divided.text
    refused = await take_off(launch, "dora", "fay")
    assert (refused.status_code, refused.json()["code"]) == (409, "credit_divided")
    assert len((await launch.read("dora"))["stakeholders"]) == 3
    taken = await dora.put(f"{launch.path}/credit-shares", json={"digest": divided.json()["digest"], "shares": []})
    assert taken.status_code == 200
    assert (await take_off(launch, "dora", "fay")).status_code == 200


async def test_two_who_take_off_the_same_one_do_it_once(launch: Launch) -> None:
    answers = await asyncio.gather(take_off(launch, "dora", "Support"), take_off(launch, "dora", "Support"))
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert await launch.told_of("kpi.stakeholder_left") == [launch.kpi_id]


async def test_an_agreement_is_taken_back_before_the_window_begins(launch: Launch) -> None:
    await launch.agree("gus", "fay", "dora")
    gus = await launch.client("gus")
    assert (await (await launch.client("hal")).delete(f"{launch.path}/agreement")).json()["code"] == "not_your_voice"
    for _ in range(2):
        back = await gus.delete(f"{launch.path}/agreement")
        assert (back.status_code, back.json()["state"], back.json()["waiting_for"]) == (200, "open", ["Support"])
    assert await launch.told_of("kpi.agreement_taken_back") == [launch.kpi_id]

    await launch.agree("gus")
    assert (await launch.read("fay"))["state"] == "agreed"
    await launch.company.organization.set_clock("2026-03-01T09:00:00Z")
    late = await gus.delete(f"{launch.path}/agreement")
    assert (late.status_code, late.json()["code"]) == (409, "window_begun")
    (verb,) = [one for one in (await launch.read("gus"))["verbs"] if one["verb"] == "take_back_agreement"]
    assert (verb["allowed"], verb["reason"]) == (False, late.json()["detail"])
    assert (await launch.read("fay"))["state"] == "agreed"


async def test_all_that_was_said_is_read_page_by_page(launch: Launch) -> None:
    fay = await launch.client("fay")
    for number in range(23):
        assert (await fay.post(f"{launch.path}/comments", json={"text": f"No. {number}"})).status_code == 201
    assert [one["text"] for one in (await launch.read("hal"))["comments"]] == [f"No. {number}" for number in range(3, 23)]
    said: list[str] = []
    page = (await (await launch.client("hal")).get(f"{launch.path}/comments", params={"limit": 10})).json()
    while True:
        said += [one["text"] for one in page["items"]]
        if page["next"] is None:
            break
        page = (await (await launch.client("hal")).get(f"{launch.path}/comments", params={"limit": 10, "cursor": page["next"]})).json()
    assert said == [f"No. {number}" for number in range(23)]
    assert (await (await launch.client("hal")).get(f"{launch.path}/proposals")).json() == {"items": [], "next": None}
    assert (await (await launch.client("hal")).get(f"{launch.path}/records")).json() == {"items": [], "next": None}


async def test_what_was_missed_is_looked_at_again_only_when_values_come(launch: Launch) -> None:
    async def missed_on() -> Any:
        organization = launch.company.organization
        async with organization.world.kpi_api.database.read(organization.id) as session:
            return await session.scalar(select(Kpi.missed_on))

    organization = launch.company.organization
    await organization.set_clock("2026-04-01T09:00:00Z")
    await launch.measure("900")
    await launch.celebrate()
    assert await missed_on() is None, "the window runs still"
    await organization.set_clock("2026-05-02T09:00:00Z")
    await launch.celebrate()
    assert str(await missed_on()) == "2026-05-02"

    await launch.measure("1000")
    await launch.celebrate()
    assert (await launch.read("fay"))["celebration"] is None, "the hourly look does not read it again"
    await launch.celebrate(kpi_ids=[launch.kpi_id])
    assert (await launch.read("fay"))["celebration"]["achieved_on"] == "2026-05-02", "a late value does"
