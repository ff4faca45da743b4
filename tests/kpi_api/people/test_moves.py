"""Joining, moving and leaving by REST, also two at once."""

import asyncio
from typing import Any

import httpx

from tests.world import Organization


async def join(organization: Organization, external_id: str, manager: str | None = None, since: str = "2025-01-01") -> str:
    """A person with a first employment; returns their id."""
    client = (await organization.admin()).kpi_api
    person = {"external_id": external_id, "user_name": external_id, "given_name": external_id, "family_name": "Test", "hire_date": since}
    made = await client.post("/v1/people", json=person)
    assert made.status_code == 201, made.text
    answer = await move(organization, made.json()["id"], {"valid_from": since, "manager_external_id": manager})
    assert answer.status_code == 201, answer.text
    return str(made.json()["id"])


async def move(organization: Organization, person_id: str, line: dict[str, Any]) -> httpx.Response:
    client = (await organization.admin()).kpi_api
    return await client.post(f"/v1/people/{person_id}/employments", json=line)


async def lines(organization: Organization, person_id: str) -> list[tuple[str, str | None, str | None]]:
    detail = (await (await organization.admin()).kpi_api.get(f"/v1/people/{person_id}")).json()
    return [(line["valid_from"], line["valid_to"], line["manager_external_id"]) for line in detail["employments"]]


async def sees(organization: Organization, viewer: str, person: str) -> bool:
    answer = await (await organization.as_person(viewer)).kpi_api.get(f"/v1/people/{person}")
    assert answer.status_code in {200, 404}
    return answer.status_code == 200


async def test_a_move_cuts_the_line_in_force_and_a_later_one_stays(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    for name in ("one", "two", "three"):
        await join(organization, name)
    mover = await join(organization, "mover", "one")

    await move(organization, mover, {"valid_from": "2026-06-01", "manager_external_id": "three"})
    await move(organization, mover, {"valid_from": "2026-03-01", "manager_external_id": "two"})

    assert await lines(organization, mover) == [
        ("2025-01-01", "2026-03-01", "one"),
        ("2026-03-01", "2026-06-01", "two"),
        ("2026-06-01", None, "three"),
    ]


async def test_sight_follows_the_day(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    top = await join(organization, "top")
    old, new = await join(organization, "old", "top"), await join(organization, "new", "top")
    mover = await join(organization, "mover", "old")
    report = await join(organization, "report", "mover")

    await move(organization, mover, {"valid_from": "2026-03-01", "manager_external_id": "new"})

    assert [await sees(organization, manager, report) for manager in (top, old, new)] == [True, True, False]
    await organization.set_clock("2026-03-01T08:00:00Z")
    assert [await sees(organization, manager, report) for manager in (top, old, new)] == [True, False, True]


async def test_a_circle_is_refused_and_nothing_changes(organization: Organization) -> None:
    top, middle = await join(organization, "top"), await join(organization, "middle", "top")
    await join(organization, "bottom", "middle")
    before = await lines(organization, top)

    answer = await move(organization, top, {"valid_from": "2026-06-01", "manager_external_id": "bottom"})

    assert (answer.status_code, answer.json()["code"]) == (409, "circular_reporting_line")
    assert await lines(organization, top) == before
    assert not await sees(organization, middle, top)


async def test_two_moves_at_once_cannot_make_a_circle(organization: Organization) -> None:
    people = {name: await join(organization, name) for name in ("left", "right")}

    answers = await asyncio.gather(
        move(organization, people["left"], {"valid_from": "2026-02-01", "manager_external_id": "right"}),
        move(organization, people["right"], {"valid_from": "2026-02-01", "manager_external_id": "left"}),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "circular_reporting_line"


async def test_turns_at_different_times_are_no_circle(organization: Organization) -> None:
    """She led him until March; from March on he leads her."""
    await organization.set_clock("2026-01-05T08:00:00Z")
    she, he = await join(organization, "she"), await join(organization, "he", "she")

    await move(organization, he, {"valid_from": "2026-03-01", "manager_external_id": None})
    answer = await move(organization, she, {"valid_from": "2026-03-01", "manager_external_id": "he"})

    assert answer.status_code == 201, answer.text
    assert (await sees(organization, she, he), await sees(organization, he, she)) == (True, False)
    await organization.set_clock("2026-03-01T08:00:00Z")
    assert (await sees(organization, she, he), await sees(organization, he, she)) == (False, True)


async def test_a_line_that_runs_into_a_later_one_is_refused(organization: Organization) -> None:
    person = await join(organization, "one")
    await move(organization, person, {"valid_from": "2026-06-01", "fte": "0.5"})

    answer = await move(organization, person, {"valid_from": "2026-03-01", "valid_to": "2026-07-01", "fte": "0.8"})

    assert (answer.status_code, answer.json()["code"]) == (409, "overlapping_employment")
    assert answer.json()["errors"][0]["field"] == "/valid_to"
    assert len(await lines(organization, person)) == 2


async def test_an_end_before_its_start_is_refused(organization: Organization) -> None:
    person = await join(organization, "one")

    answer = await move(organization, person, {"valid_from": "2026-03-01", "valid_to": "2026-03-01"})

    assert (answer.status_code, answer.json()["code"]) == (422, "end_before_start")


async def test_a_second_job_stands_beside_and_carries_no_reporting_line(organization: Organization) -> None:
    first, second = await join(organization, "first"), await join(organization, "second")
    person = await join(organization, "person", "first")

    answer = await move(organization, person, {"valid_from": "2025-06-01", "manager_external_id": "second", "is_primary": False})

    assert answer.status_code == 201, answer.text
    assert (await sees(organization, first, person), await sees(organization, second, person)) == (True, False)


async def test_a_leaver_keeps_their_history_and_loses_the_door_the_day_after(organization: Organization) -> None:
    await organization.set_clock("2026-05-01T08:00:00Z")
    boss = await join(organization, "boss")
    leaver = await join(organization, "leaver", "boss")
    report = await join(organization, "report", "leaver")

    answer = await (await organization.admin()).kpi_api.post(f"/v1/people/{leaver}/leave", json={"last_day": "2026-05-31"})

    assert answer.json()["active"] is True, "they work until their last day"
    assert await lines(organization, leaver) == [("2025-01-01", "2026-06-01", "boss")]
    client = (await organization.as_person(leaver)).kpi_api
    assert (await client.get("/v1/people")).status_code == 200
    await organization.set_clock("2026-06-01T08:00:00Z")
    assert (await client.get("/v1/people")).status_code == 401
    assert not await sees(organization, boss, report), "nobody leads the report until HR says who does"


async def test_stale_changes_are_refused(organization: Organization) -> None:
    person = await join(organization, "one")
    client = (await organization.admin()).kpi_api
    tag = (await client.get(f"/v1/people/{person}")).headers["ETag"]

    first = await client.patch(f"/v1/people/{person}", json={"family_name": "First"}, headers={"If-Match": tag})
    second = await client.patch(f"/v1/people/{person}", json={"family_name": "Second"}, headers={"If-Match": tag})
    blind = await client.patch(f"/v1/people/{person}", json={"family_name": "Blind"})

    assert [first.status_code, second.status_code, blind.status_code] == [200, 412, 428]
    assert (await client.get(f"/v1/people/{person}")).json()["family_name"] == "First"


async def test_the_change_is_told_with_everybody_below(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    await join(organization, "top")
    mover = await join(organization, "mover")
    report = await join(organization, "report", "mover")
    await organization.world.work()
    client = (await organization.admin()).kpi_api
    last = (await client.get("/v1/events?after=0&limit=1000")).json()["last_number"]

    await move(organization, mover, {"valid_from": "2026-03-01", "manager_external_id": "top"})
    await organization.world.work()

    told = (await client.get(f"/v1/events?after={last}&type=employment.changed")).json()["events"]
    assert [event["data"]["person_ids"] for event in told] == [sorted([mover, report])]
