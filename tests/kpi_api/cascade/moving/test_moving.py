"""A unit moves with its KPIs: said before, done once, and nothing is cut silently."""

import asyncio
from typing import Any

import pytest

from chassis.identifiers import new_id
from kpi_api.people.models import OrgUnit
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import store


@pytest.fixture
async def ids(company: Company) -> dict[str, str]:
    """The cascade, with a team West under North that contributes to it, and a KPI of West's that leads to strategy by Sales too."""
    west = OrgUnit(
        id=new_id(), code="west", name="West", kind="team", parent_id=company.units["north"].id, head_id=company.people["fay"].id,
        value_statement=None,
    )  # fmt: skip
    company.units["west"] = west
    await store(company.organization, west)
    return await company.cascade() | await company.create(
        kpi("west", "team", unit="west", to=["north"]),
        kpi("west-calls", "team", unit="west", to=["north", "sales"]),
    )


async def move(company: Company, unit: str, to: str | None, *, by: str = "", preview: bool = False, tag: str | None = "*") -> Any:
    client = await (company.client(by) if by else company.admin())
    headers = {"If-Match": tag} if tag else {}
    parent = str(company.units[to].id) if to else None
    place = f"/v1/units/{company.units[unit].id}/move"
    return await client.post(place, json={"parent_id": parent}, params={"preview": preview}, headers=headers)


async def astray(company: Company, unit: str, by: str = "") -> list[tuple[str, str, str]]:
    client = await (company.client(by) if by else company.admin())
    answer = (await client.get(f"/v1/units/{company.units[unit].id}/stray-contributions")).json()
    assert answer["astray_count"] == len(answer["astray"])
    return [(link["child"]["name"], link["parent"]["name"], link["finding"]) for link in answer["astray"]]


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


WEST = [
    ("Revenue of west", "Revenue of north", "not_upward"),
    ("Revenue of west-calls", "Revenue of north", "not_upward"),
    ("Revenue of west-calls", "Revenue of sales", "across"),
]


async def test_a_preview_says_what_would_break_and_writes_nothing(company: Company, ids: dict[str, str]) -> None:
    answer = await move(company, "west", "support", preview=True, tag=None)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["moved"], found["kpis"]) == (False, 2)
    assert (found["from_parent"]["name"], found["to_parent"]["name"]) == ("North", "Support")
    assert found["unit"]["parent_id"] == str(company.units["north"].id)
    assert [(link["child"]["name"], link["parent"]["name"], link["finding"]) for link in found["astray"]] == WEST
    sentence = "“Revenue of west” (West) contributes to “Revenue of north” (North), which does not stand above it."
    assert found["astray"][0]["sentence"] == sentence
    assert sorted(names(found["cut_off"])) == ["Revenue of west", "Revenue of west-calls"]
    assert names(found["loses_sight"]) == [], "dora and cleo stand over fay, who heads West, and see it by her"
    assert names(found["gains_sight"]) == ["gus"]
    assert found["warnings"] == ["The head of West does not report to the head of Support; who leads whom follows employments."]

    unit = (await (await company.admin()).get(f"/v1/units/{company.units['west'].id}")).json()
    assert (unit["parent_id"], unit["version"]) == (str(company.units["north"].id), 1)
    assert await astray(company, "west") == []
    assert "unit.moved" not in await event_types(company)


async def test_the_move_keeps_contributions_and_lists_them(company: Company, ids: dict[str, str]) -> None:
    answer = await move(company, "west", "support", tag='"1"')
    assert (answer.json()["moved"], answer.headers["ETag"]) == (True, '"2"')
    assert await astray(company, "west") == WEST
    assert await astray(company, "support") == WEST, "those of the units below are its own, too"
    assert await astray(company, "field") == [], "within the business unit every end stands below it"
    west = (await (await company.admin()).get(f"/v1/kpis/{ids['west-calls']}")).json()
    assert (west["status"], sorted(west["contributes_to"])) == ("active", sorted([ids["north"], ids["sales"]]))
    assert await astray(company, "west", by="hal") == [], "of KPIs out of sight there is nothing"

    admin = await company.admin()
    again = await admin.post("/v1/contributions", json={"contributions": [{"child": ids["eli"], "parent": ids["west"]}]})
    assert again.json()["results"][0]["status"] == "created"
    refused = await admin.post("/v1/contributions", json={"contributions": [{"child": "support-x", "parent": ids["west"]}]})
    assert refused.json()["results"][0]["status"] == "error"

    back = await move(company, "west", "north", tag='"2"')
    assert (back.json()["moved"], back.json()["astray"]) == (True, [])
    assert await astray(company, "west") == []


async def test_leaders_lose_and_gain_the_units_kpis(company: Company, ids: dict[str, str]) -> None:
    gus = await company.client("gus")
    assert (await gus.get(f"/v1/kpis/{ids['north']}")).status_code == 404
    found = (await move(company, "north", "support")).json()
    assert names(found["gains_sight"]) == ["gus"]
    assert (await gus.get(f"/v1/kpis/{ids['north']}")).json()["view"] == "full"
    assert [event["data"]["astray_count"] for event in await events(company) if event["type"] == "unit.moved"] == [2]


async def test_a_unit_without_head_leaves_its_old_leaders_and_shared_kpis(company: Company, ids: dict[str, str]) -> None:
    east = OrgUnit(
        id=new_id(), code="east", name="East", kind="team", parent_id=company.units["north"].id, head_id=None, value_statement=None
    )  # fmt: skip
    company.units["east"] = east
    await store(company.organization, east)
    shared = {"collaborative": True, "stakeholders": [{"unit_code": "north", "part": "calls"}]}
    made = await company.create(kpi("east", "team", unit="east"), kpi("launch", "functional", unit="sales", **shared))
    cleo = await company.client("cleo")
    assert (await cleo.get(f"/v1/kpis/{made['east']}")).status_code == 200

    found = (await move(company, "east", "support")).json()
    assert (names(found["loses_sight"]), names(found["gains_sight"])) == (["cleo", "dora"], ["gus"]), "ben and ida lead both branches"
    assert (names(found["carried_no_more"]), found["carried_from_now"], found["warnings"]) == (["Revenue of launch"], [], [])
    assert (await cleo.get(f"/v1/kpis/{made['east']}")).status_code == 404
    assert (await (await company.client("gus")).get(f"/v1/kpis/{made['east']}")).status_code == 200


async def test_two_moves_at_once_make_no_circle(company: Company, ids: dict[str, str]) -> None:
    answers = await asyncio.gather(move(company, "sales", "support"), move(company, "support", "sales"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(answer for answer in answers if answer.status_code == 409).json()["code"] == "circular_units"


async def test_a_move_is_refused_in_words(company: Company, ids: dict[str, str]) -> None:
    assert (await move(company, "west", "support", tag=None)).status_code == 428
    assert (await move(company, "west", "support", tag='"9"')).status_code == 412
    under_itself = await move(company, "sales", "west", preview=True)
    assert (under_itself.status_code, under_itself.json()["code"]) == (409, "circular_units")
    too_low = await move(company, "support", "north")
    assert "function cannot stand under a team" in too_low.json()["detail"]
    for person in ("fay", "ida"):
        assert (await move(company, "west", "support", by=person, preview=True)).status_code == 403
    same = await move(company, "west", "north")
    assert (same.json()["moved"], same.json()["unit"]["version"]) == (False, 1)


async def events(company: Company) -> list[dict[str, Any]]:
    await company.organization.world.work()
    return (await (await company.admin()).get("/v1/events", params={"limit": 100})).json()["events"]  # type: ignore[no-any-return]


async def event_types(company: Company) -> set[str]:
    return {event["type"] for event in await events(company)}
