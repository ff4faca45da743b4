"""Muting: by whom, of what, until when; and what it does to a scorecard's findings, quality and agreement."""

import asyncio
from typing import Any

import httpx

from chassis.identifiers import new_id
from kpi_api.scorecards.findings.models import FindingMuting
from tests.kpi_api import given
from tests.kpi_api.scorecards.findings.scene import Scene, Spoilt, set_scene
from tests.world import Organization

WHY = {"reason": "Two roles until the vacancy is filled.", "ends_on": "2199-12-31"}
LOW = Spoilt(kpis={name: {"controllability": "low"} for name in ("revenue", "calls")})


async def mute(scene: Scene, code: str, by: str = "max", **given_: Any) -> httpx.Response:
    body = {"code": code, "scorecard_id": str(scene.card.id), **WHY, **given_}
    return await (await scene.client(by)).post("/v1/findings/mutings", json=body)


async def low_lines(scene: Scene) -> dict[str, bool]:
    """By KPI of low controllability whether that is muted."""
    found = [finding for finding in await scene.findings() if finding["rule"]["code"] == "low_controllability"]
    return {finding["facts"]["kpi"]: finding["muting"] is not None for finding in found}


async def test_the_manager_mutes_one_line_and_takes_it_back(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    made = await mute(scene, "low_controllability", kpi_id=str(scene.kpis["calls"].id))
    assert made.status_code == 201, made.text
    assert (made.json()["muted_by_id"], made.json()["holds"]) == (str(scene.people["max"].id), True)
    assert await low_lines(scene) == {"revenue": False, "calls": True}
    back = await (await scene.client("max")).delete(made.headers["Location"])
    assert back.status_code == 204
    assert await low_lines(scene) == {"revenue": False, "calls": False}


async def test_hr_mutes_a_rule_everywhere_and_the_manager_one_scorecard(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    assert (await mute(scene, "low_controllability", by="max", scorecard_id=None)).status_code == 403
    assert (await mute(scene, "low_controllability", by="hr", scorecard_id=None)).status_code == 201
    assert await low_lines(scene) == {"revenue": True, "calls": True}


async def test_nobody_mutes_what_is_found_about_themselves_and_a_stranger_sees_nothing(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    assert (await mute(scene, "low_controllability", by="ann")).status_code == 403
    ghost = await mute(scene, "low_controllability", by="eve", scorecard_id=str(new_id()))
    other = await mute(scene, "low_controllability", by="eve")
    assert (other.status_code, other.json()) == (404, ghost.json())
    assert await low_lines(scene) == {"revenue": False, "calls": False}


async def test_what_cannot_be_muted_is_refused_by_field(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    refused = {
        "weights_total": await mute(scene, "weights_total"),
        "no_such_rule": await mute(scene, "no_such_rule"),
        "unit_with_too_many_kpis": await mute(scene, "unit_with_too_many_kpis"),
        "ends_on": await mute(scene, "orphan", ends_on="2020-01-01"),
        "kpi_id": await mute(scene, "orphan", kpi_id=str(scene.strategic.id)),
    }
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in refused.items()} == dict.fromkeys(
        refused, (422, "muting_refused")
    )
    fields = [answer.json()["errors"][0]["field"] for answer in refused.values()]
    assert fields == ["/code", "/code", "/code", "/ends_on", "/kpi_id"]


async def test_of_two_at_once_one_mutes(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    answers = await asyncio.gather(*(mute(scene, "orphan", by=by) for by in ("max", "hr")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json().get("code") for answer in answers} == {"orphan", "already_muted"}


async def test_one_that_ended_or_whose_rule_is_gone_says_so_and_mutes_nothing(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    rows = [
        FindingMuting(id=new_id(), code=code, scorecard_id=scene.card.id, kpi_id=None, reason="r", muted_by_id=scene.people["max"].id,
                      muted_at=given.datetime(2026, 1, 1, tzinfo=given.UTC), ends_on=ends_on)
        for code, ends_on in (("low_controllability", given.date(2020, 1, 1)), ("rule_of_old", given.date(2199, 1, 1)))
    ]  # fmt: skip
    await given.store(organization, *rows)
    listed = (await (await scene.client("ann")).get("/v1/findings/mutings")).json()["items"]
    assert [(one["code"], one["rule_exists"], one["holds"]) for one in listed] == [
        ("low_controllability", True, False),
        ("rule_of_old", False, True),
    ]
    assert await low_lines(scene) == {"revenue": False, "calls": False}
    assert (await mute(scene, "low_controllability")).status_code == 201, "one that ended gives way"


async def test_where_warnings_refuse_a_muting_lets_them_pass(organization: Organization) -> None:
    scene = await set_scene(organization, LOW)
    admin = await scene.client()
    tag = (await admin.get("/v1/organization")).headers["ETag"]
    limits = {"finding_limits": {"warnings_refuse_agreement": True}}
    assert (await admin.patch("/v1/organization", json=limits, headers={"If-Match": tag})).status_code == 200
    path, manager = f"/v1/scorecards/{scene.card.id}/propose", await scene.client("max")
    refused = await manager.post(path, json={}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (422, "scorecard_refused")
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [
        ("/lines/0", "low_controllability"),
        ("/lines/1", "low_controllability"),
    ]
    assert (await mute(scene, "low_controllability")).status_code == 201
    assert (await manager.post(path, json={}, headers={"If-Match": "*"})).status_code == 200
    person = await scene.client("ann")
    agreed = await person.post(f"/v1/scorecards/{scene.card.id}/agree", json={}, headers={"If-Match": "*"})
    assert agreed.status_code == 200, agreed.text


async def test_hr_may_force_despite_warnings_but_not_despite_errors(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(weights={"calls": None}))
    admin = await scene.client()
    body, star = {"reason": "The year begins."}, {"If-Match": "*"}
    refused = await admin.post(f"/v1/scorecards/{scene.card.id}/force", json=body, headers=star)
    assert (refused.status_code, [one["code"] for one in refused.json()["errors"]]) == (422, ["weights_missing"])
    shown = (await admin.get(f"/v1/scorecards/{scene.card.id}")).json()["lines"]
    assert [line["weight"] for line in shown] == ["20.00", None, "20.00", "20.00", "20.00"]
