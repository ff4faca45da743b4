"""A manager's rights for an absence: what the delegate sees and does meanwhile, what never, and what is refused."""

from typing import Any

import httpx
import pytest

from tests.kpi_api.people.test_moves import join, sees
from tests.world import Organization


@pytest.fixture
async def people(organization: Organization) -> dict[str, str]:
    """top leads boss and peer; boss leads one and two; peer leads three."""
    await organization.set_clock("2026-03-02T08:00:00Z")
    lines = {"top": None, "boss": "top", "peer": "top", "one": "boss", "two": "boss", "three": "peer"}
    return {name: await join(organization, name, manager) for name, manager in lines.items()}


async def delegate(organization: Organization, by: str, **given: Any) -> httpx.Response:
    body = {"valid_to": "2026-04-01", **given}
    return await (await organization.as_person(by)).kpi_api.post("/v1/delegations", json=body)


async def test_the_delegate_leads_for_the_time_and_no_longer(organization: Organization, people: dict[str, str]) -> None:
    one, two, boss = people["one"], people["two"], people["boss"]
    assert not await sees(organization, one, two)

    given = await delegate(organization, boss, delegate_id=one, valid_from="2026-03-10")

    assert given.status_code == 201
    assert not await sees(organization, one, two), "not before its first day"
    await organization.set_clock("2026-03-10T08:00:00Z")
    assert await sees(organization, one, two)
    assert not await sees(organization, one, boss), "the manager's own record is not the manager's right"
    assert not await sees(organization, one, people["three"])
    await organization.set_clock("2026-04-01T08:00:00Z")
    assert not await sees(organization, one, two)


async def test_the_delegate_acts_as_manager_on_scorecards_but_not_on_their_own(organization: Organization, people: dict[str, str]) -> None:
    admin = (await organization.admin()).kpi_api
    cycle = {"code": "2026", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "status": "open"}
    assert (await admin.post("/v1/cycles", json=cycle)).status_code == 201
    cards = {}
    for name in ("one", "two"):
        answer = await admin.post("/v1/scorecards", json={"person_id": people[name], "cycle_code": "2026"})
        assert answer.status_code == 201, answer.text
        cards[name] = answer.json()["id"]
    await delegate(organization, people["boss"], delegate_id=people["one"])
    client = (await organization.as_person(people["one"])).kpi_api

    def reasons(card: dict[str, Any]) -> str:
        return " ".join(verb["reason"] or "" for verb in card["verbs"])

    theirs = (await client.get(f"/v1/scorecards/{cards['two']}")).json()
    own = (await client.get(f"/v1/scorecards/{cards['one']}")).json()
    as_manager = (await (await organization.as_person(people["boss"])).kpi_api.get(f"/v1/scorecards/{cards['two']}")).json()
    as_person = (await (await organization.as_person(people["two"])).kpi_api.get(f"/v1/scorecards/{cards['two']}")).json()
    assert reasons(theirs) == reasons(as_manager)
    assert reasons(own) == reasons(as_person), "on their own card a delegate is the person and nothing else"


async def test_who_led_whom_in_the_past_is_not_changed(organization: Organization, people: dict[str, str]) -> None:
    answer = await delegate(organization, people["boss"], delegate_id=people["one"], valid_from="2026-03-01")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/valid_from")


async def test_rights_are_not_passed_on(organization: Organization, people: dict[str, str]) -> None:
    assert (await delegate(organization, people["boss"], delegate_id=people["top"])).status_code == 201
    admin = str(organization.person_id)
    passed = await delegate(organization, admin, delegator_id=people["top"], delegate_id=people["three"])
    assert passed.status_code == 201
    # three stands in for top, whose subtree has everybody; but through top not for boss by delegation alone.
    await (await organization.admin()).kpi_api.post(f"/v1/delegations/{passed.json()['id']}/end", json={})
    assert not await sees(organization, people["three"], people["one"])


async def test_circles_oneself_strangers_and_repeats_are_refused(organization: Organization, people: dict[str, str]) -> None:
    boss, one, top, three, admin = people["boss"], people["one"], people["top"], people["three"], str(organization.person_id)

    async def refused(by: str, **given: Any) -> tuple[int, str]:
        answer = await delegate(organization, by, **given)
        return answer.status_code, answer.json()["code"]

    assert await refused(boss, delegate_id=boss) == (422, "delegation_invalid")
    assert await refused(boss, delegate_id=three) == (404, "not_found"), "whom one neither leads nor reports to is nobody"
    assert await refused(boss, delegate_id="00000000-0000-7000-8000-000000000000") == (404, "not_found")
    assert await refused(one, delegator_id=boss, delegate_id=one) == (404, "not_found"), "nobody takes rights"
    assert await refused(admin, delegator_id=boss, delegate_id=admin) == (403, "not_to_oneself")
    assert await refused(boss, delegate_id=one, valid_to="2026-03-02") == (422, "delegation_invalid")
    assert await refused(boss, delegate_id=one, valid_to="2028-03-02") == (422, "delegation_invalid")
    assert (await delegate(organization, boss, delegate_id=top)).status_code == 201
    assert await refused(boss, delegate_id=top) == (409, "already_delegated")
    assert await refused(top, delegate_id=boss) == (409, "delegation_circle")
    assert (await delegate(organization, top, delegate_id=people["peer"])).status_code == 201
    assert await refused(admin, delegator_id=people["peer"], delegate_id=boss) == (409, "delegation_circle"), "by two steps"
    later = await delegate(organization, top, delegate_id=boss, valid_from="2026-05-01", valid_to="2026-06-01")
    assert later.status_code == 201, "at another time it is no circle"


async def test_who_sees_and_ends_a_delegation(organization: Organization, people: dict[str, str]) -> None:
    given = (await delegate(organization, people["boss"], delegate_id=people["one"])).json()

    async def listed(by: str) -> list[str]:
        return [row["id"] for row in (await (await organization.as_person(by)).kpi_api.get("/v1/delegations")).json()["items"]]

    for name in ("boss", "one"):
        assert await listed(people[name]) == [given["id"]]
    assert await listed(str(organization.person_id)) == [given["id"]]
    for name in ("two", "top", "three"):
        assert await listed(people[name]) == []
        answer = await (await organization.as_person(people[name])).kpi_api.post(f"/v1/delegations/{given['id']}/end", json={})
        assert answer.status_code == 404
    client = (await organization.as_person(people["one"])).kpi_api
    assert (await client.post(f"/v1/delegations/{given['id']}/end", json={"valid_to": "2027-01-01"})).status_code == 422
    assert (await client.post(f"/v1/delegations/{given['id']}/end", json={})).json()["valid_to"] == "2026-03-02"
    assert not await sees(organization, people["one"], people["two"]), "a delegate may decline"
