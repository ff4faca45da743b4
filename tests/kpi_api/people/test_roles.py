"""Roles are versioned: a change holds from a day on, and what a role was before stays to be read."""

import asyncio
from typing import Any

import httpx

from tests.kpi_api.given import a_person, store
from tests.world import Organization

SUPPORT = {"code": "support", "name": "Support agent", "core_responsibilities": ["Answers customers", "Writes down what was asked"]}
LEADING = SUPPORT | {"name": "Support lead", "core_responsibilities": ["Answers customers", "Leads the shift"]}


async def made(organization: Organization, **given: Any) -> str:
    answer = await (await organization.admin()).kpi_api.post("/v1/roles", json=SUPPORT | given)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def put(organization: Organization, role: str, body: dict[str, Any], tag: str = "*") -> httpx.Response:
    return await (await organization.admin()).kpi_api.put(f"/v1/roles/{role}", json=body, headers={"If-Match": tag})


async def test_a_change_is_a_new_version_from_a_day_on(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T09:00:00Z")
    client = (await organization.admin()).kpi_api
    role = await made(organization)

    answer = await put(organization, role, LEADING | {"effective_from": "2026-07-01", "note": "The night shift needs a lead"}, '"1"')

    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"2"'
    assert answer.json() == {
        "id": role, "code": "support", "name": "Support lead", "core_responsibilities": ["Answers customers", "Leads the shift"],
        "number": 2, "effective_from": "2026-07-01", "version": 2,
    }  # fmt: skip
    # Until that day it is what it was, alone and in the list, and it is found by the name it has then.
    today = (await client.get(f"/v1/roles/{role}")).json()
    assert (today["name"], today["number"], today["effective_from"], today["version"]) == ("Support agent", 1, "1900-01-01", 2)
    for day, name in (("2026-06-30", "Support agent"), ("2026-07-01", "Support lead")):
        assert (await client.get(f"/v1/roles/{role}", params={"as_of": day})).json()["name"] == name
        listed = (await client.get("/v1/roles", params={"as_of": day})).json()["items"]
        assert [item["name"] for item in listed] == [name]
    history = (await client.get(f"/v1/roles/{role}/versions")).json()["versions"]
    assert [(version["number"], version["note"], version["author_id"]) for version in history] == [
        (2, "The night shift needs a lead", str(organization.person_id)),
        (1, "", str(organization.person_id)),
    ]
    difference = (await client.get(f"/v1/roles/{role}/difference", params={"from_number": 1, "to_number": 2})).json()
    assert difference["note"] == "The night shift needs a lead"
    assert [one["sentence"] for one in difference["differences"]] == [
        "Name: “Support agent” became “Support lead”.",
        "Core responsibilities: added “Leads the shift”; removed “Writes down what was asked”.",
        "It takes effect on 2026-07-01 instead of 1900-01-01.",
    ]
    assert (await client.get(f"/v1/roles/{role}/difference", params={"from_number": 1, "to_number": 3})).status_code == 404


async def test_what_says_the_same_writes_no_version(organization: Organization) -> None:
    role = await made(organization)

    again = await put(organization, role, SUPPORT | {"effective_from": "2026-07-01"})

    assert (again.status_code, again.json()["number"], again.headers["ETag"]) == (200, 1, '"1"')
    swapped = await put(organization, role, SUPPORT | {"core_responsibilities": SUPPORT["core_responsibilities"][::-1]})
    assert swapped.json()["number"] == 2
    client = (await organization.admin()).kpi_api
    difference = (await client.get(f"/v1/roles/{role}/difference", params={"from_number": 1, "to_number": 2})).json()
    assert difference["differences"][0]["sentence"] == "Core responsibilities: the same in another order."


async def test_a_version_takes_effect_no_earlier_than_the_one_before(organization: Organization) -> None:
    role = await made(organization, effective_from="2026-05-01")

    early = await put(organization, role, LEADING | {"effective_from": "2026-04-30"})

    assert (early.status_code, early.json()["code"]) == (422, "effective_before_predecessor")
    assert early.json()["errors"][0]["field"] == "/effective_from"
    assert early.json()["detail"] == "Version 1 takes effect on 2026-05-01, so the next one cannot take effect before that day."
    same_day = await put(organization, role, LEADING | {"effective_from": "2026-05-01"})
    assert same_day.json()["number"] == 2
    client = (await organization.admin()).kpi_api
    assert (await client.get(f"/v1/roles/{role}", params={"as_of": "2026-05-01"})).json()["name"] == "Support lead"
    assert (await client.get(f"/v1/roles/{role}", params={"as_of": "2026-04-30"})).json()["number"] == 1


async def test_of_two_who_change_a_role_at_once_one_is_told_what_changed(organization: Organization) -> None:
    role = await made(organization)
    await put(organization, role, SUPPORT | {"name": "Agent"}, '"1"')

    answers = await asyncio.gather(
        *(put(organization, role, SUPPORT | {"name": name}, '"2"') for name in ("Support clerk", "Support guide"))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won, late = sorted(answers, key=lambda answer: answer.status_code)
    assert late.json()["changes"] == [f"Version 3 was written: Name: “Agent” became “{won.json()['name']}”."]
    assert late.json()["current_etag"] == '"3"'
    client = (await organization.admin()).kpi_api
    assert len((await client.get(f"/v1/roles/{role}/versions")).json()["versions"]) == 3
    assert (await client.put(f"/v1/roles/{role}", json=SUPPORT)).status_code == 428


async def test_only_who_may_changes_a_role_and_everybody_reads_it(organization: Organization) -> None:
    role = await made(organization)
    colleague = a_person("cleo")
    await store(organization, colleague)
    client = (await organization.as_person(colleague.id)).kpi_api

    refused = await client.put(f"/v1/roles/{role}", json=LEADING, headers={"If-Match": "*"})

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert [version["number"] for version in (await client.get(f"/v1/roles/{role}/versions")).json()["versions"]] == [1]
    twice = await (await organization.admin()).kpi_api.post(
        "/v1/roles", json=SUPPORT | {"code": "other", "core_responsibilities": ["Same", "Same"]}
    )
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "repeated_responsibility")


async def test_the_change_is_an_event(organization: Organization) -> None:
    role = await made(organization)
    await put(organization, role, LEADING | {"effective_from": "2030-01-01"})
    await organization.world.work()

    feed = (await (await organization.admin()).kpi_api.get("/v1/events", params={"type": ["role.changed"]})).json()["events"]

    assert [(event["data"]["number"], event["data"]["effective_from"]) for event in feed] == [(1, "1900-01-01"), (2, "2030-01-01")]


async def test_a_people_file_finds_and_makes_roles_and_states_grades(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T09:00:00Z")
    role = await made(organization)
    await put(organization, role, LEADING)
    client = (await organization.admin()).kpi_api
    rows = [
        {"external_id": "E1", "given_name": "Ada", "role": "Support lead", "grade": "G7", "valid_from": "2026-01-01"},
        {"external_id": "E2", "given_name": "Bo", "role": "Courier", "valid_from": "2026-01-01"},
    ]

    answer = await client.post("/v1/people/import", json=rows, params={"create_missing": "true"})

    assert answer.json()["created"] == 2, answer.text
    ids = [result["id"] for result in answer.json()["results"]]
    ada, bo = [(await client.get(f"/v1/people/{id_}")).json()["employments"][0] for id_ in ids]
    assert (ada["role_id"], ada["grade"], bo["grade"]) == (role, "G7", None)
    courier = (await client.get(f"/v1/roles/{bo['role_id']}")).json()
    assert (courier["code"], courier["name"], courier["core_responsibilities"], courier["number"]) == ("courier", "Courier", [], 1)
    # A file without the column leaves the grade alone; a promotion is a line of its own.
    await client.post("/v1/people/import", json=[{"external_id": "E1", "fte": "0.5"}])
    await client.post(f"/v1/people/{ids[0]}/employments", json={"valid_from": "2026-06-01", "grade": "G8"})
    lines = (await client.get(f"/v1/people/{ids[0]}")).json()["employments"]
    assert [(line["valid_from"], line["fte"], line["grade"]) for line in lines] == [
        ("2026-01-01", "1", "G7"), ("2026-03-02", "0.5", "G7"), ("2026-06-01", "0.5", "G8"),
    ]  # fmt: skip
