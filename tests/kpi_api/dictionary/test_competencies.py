"""Competencies: S0's five ship, organizations add and change theirs, and each says which definitions are held against it."""

import asyncio
from typing import Any

from tests.kpi_api.dictionary.test_definitions import WIN_RATE, a_colleague
from tests.kpi_api.given import a_definition, store
from tests.world import Organization

CANDOUR: dict[str, Any] = {
    "code": "candour", "name": "Candour", "description": "Says what is.", "levels": ["Answers openly.", "Brings up what went wrong."],
}  # fmt: skip


async def test_the_five_that_ship_have_levels_and_one_is_for_managers(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await client.post("/v1/library/install")

    items = (await client.get("/v1/competencies")).json()["items"]

    assert [(item["code"], item["for_managers"], len(item["levels"]), item["version"]) for item in items] == [
        ("collaboration", False, 3, 1),
        ("communication", False, 3, 1),
        ("initiative", False, 3, 1),
        ("leadership", True, 3, 1),
        ("learning_and_development", False, 3, 1),
    ]


async def test_a_competency_is_added_and_changed_by_who_has_seen_it(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    made = await client.post("/v1/competencies", json=CANDOUR)

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    place = made.headers["Location"]
    assert (await client.get(place)).json() == CANDOUR | {"id": made.json()["id"], "for_managers": False, "version": 1}
    taken = await client.post("/v1/competencies", json=CANDOUR)
    assert (taken.status_code, taken.json()["code"]) == (409, "code_taken")
    body = {name: value for name, value in CANDOUR.items() if name != "code"}
    assert (await client.put(place, json=body)).status_code == 428
    answers = await asyncio.gather(
        *(client.put(place, json=body | {"name": name}, headers={"If-Match": '"1"'}) for name in ("Openness", "Frankness"))
    )
    won, late = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, won.headers["ETag"], late.status_code) == (200, '"2"', 412)
    assert "What stands there now differs from yours in name." in late.json()["detail"]
    assert (await client.get(place)).json()["name"] == won.json()["name"]
    renamed = await client.put(place, json=body | {"code": "other"}, headers={"If-Match": '"2"'})
    assert (renamed.status_code, renamed.json()["errors"][0]["field"]) == (422, "/code")
    same = await client.put(place, json=body | {"name": won.json()["name"]}, headers={"If-Match": '"2"'})
    assert same.headers["ETag"] == '"2"'
    await organization.world.work()
    feed = (await client.get("/v1/events", params={"type": ["competency.changed"]})).json()["events"]
    assert [event["data"]["fields"] for event in feed] == [["code", "description", "for_managers", "levels", "name"], ["name"]]


async def test_only_hr_writes_competencies(organization: Organization) -> None:
    admin, colleague = (await organization.admin()).kpi_api, (await a_colleague(organization)).kpi_api
    made = (await admin.post("/v1/competencies", json=CANDOUR)).json()

    post = await colleague.post("/v1/competencies", json=CANDOUR | {"code": "mine"})
    put = await colleague.put(f"/v1/competencies/{made['id']}", json={"name": "Mine"}, headers={"If-Match": "*"})

    assert (post.status_code, put.status_code) == (403, 403)
    assert [item["name"] for item in (await colleague.get("/v1/competencies")).json()["items"]] == ["Candour"]


async def test_it_says_which_definitions_refer_to_it_now(organization: Organization) -> None:
    """Given one in force, one whose later version no longer refers to it, and somebody's draft: who may not see drafts sees the first."""
    admin = (await organization.admin()).kpi_api
    made = (await admin.post("/v1/competencies", json=CANDOUR)).json()
    held, once = a_definition("said", name="Said", competency_code="candour"), a_definition("once", competency_code="candour")
    await store(organization, *held, *once)
    later = a_definition("gone", effective_from=once[1].effective_from.replace(year=2021), number=2)[1]
    later.definition_id = once[0].id
    await store(organization, later)
    draft = await admin.post("/v1/definitions", json={"code": "draft", "version": WIN_RATE | {"competency_code": "candour"}})
    assert draft.status_code == 201, draft.text
    place = f"/v1/competencies/{made['id']}/uses"

    seen = (await (await a_colleague(organization)).kpi_api.get(place)).json()["uses"]

    assert seen == [{"definition_id": str(held[0].id), "code": "said", "name": "Said", "number": 1, "status": "approved"}]
    assert [use["code"] for use in (await admin.get(place)).json()["uses"]] == ["draft", "said"]


async def test_a_definition_refers_to_a_competency_that_is_there(organization: Organization) -> None:
    admin = (await organization.admin()).kpi_api
    await admin.post("/v1/competencies", json=CANDOUR)

    answer = await admin.post("/v1/definitions", json={"code": "win_rate", "version": WIN_RATE | {"competency_code": "candor"}})

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["detail"] == "There is no competency `candor`. There are: `candour`."
    assert answer.json()["errors"][0]["field"] == "/version/competency_code"
    assert (await admin.get("/v1/definitions", params={"code": "win_rate"})).json()["items"] == []
