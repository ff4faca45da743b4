"""Definitions are kept true: who answers for them, what changed, who uses them, and what opens their reviews (S2, step 2)."""

import asyncio
from datetime import date
from typing import Any

import pytest

from chassis.jobs import Job
from kpi_api.dictionary.stewardship.jobs import open_due_reviews
from tests.kpi_api.cascade.company import Company, found_company, kpi
from tests.kpi_api.dictionary.test_definitions import WIN_RATE, another_hr_admin, create, try_win_rate
from tests.kpi_api.given import a_person, an_employment, store
from tests.world import Organization

LATER = {**WIN_RATE, "effective_from": "2026-07-01", "exclusion_rules": "Renewals do not count.", "note": "Renewals sell themselves"}


async def approved(organization: Organization, definition_id: str, number: int) -> int:
    """Proposed and approved by two people; the status of the approval."""
    author, approver = (await organization.admin()).kpi_api, (await another_hr_admin_once(organization)).kpi_api
    await author.post(f"/v1/definitions/{definition_id}/versions/{number}/propose")
    await try_win_rate(await organization.admin(), definition_id, number)
    return (await approver.post(f"/v1/definitions/{definition_id}/versions/{number}/approve")).status_code


async def another_hr_admin_once(organization: Organization) -> Any:
    if not hasattr(organization, "second"):
        organization.second = await another_hr_admin(organization)  # type: ignore[attr-defined]
    return organization.second  # type: ignore[attr-defined]


async def test_the_difference_between_two_versions_reads_as_sentences(organization: Organization) -> None:
    admin = await organization.admin()
    place = f"/v1/definitions/{(await create(admin))['id']}"
    change = {"formulas": {"main": "percent(won / (won + lost))"}, "measures": {"won": "count", "lost": "count"}, "leading": True}
    assert (await admin.kpi_api.post(f"{place}/versions", json=LATER | change)).status_code == 201

    answer = (await admin.kpi_api.get(f"{place}/difference", params={"from_number": 1, "to_number": 2})).json()

    assert answer["note"] == "Renewals sell themselves"
    assert [found["sentence"] for found in answer["differences"]] == [
        "Exclusion rules: added “Renewals do not count”.",
        "It became a leading KPI.",
        "Measure decided: removed.",
        "Measure lost: added, in count.",
        "Formula: “percent(won / decided)” became “percent(won / (won + lost))”.",
        "It takes effect on 2026-07-01 instead of 2026-01-01.",
    ]
    same = (await admin.kpi_api.get(f"{place}/difference", params={"from_number": 2, "to_number": 2})).json()
    assert same["differences"] == []


async def test_a_version_takes_effect_after_the_one_before(organization: Organization) -> None:
    admin = await organization.admin()
    definition = await create(admin)
    place = f"/v1/definitions/{definition['id']}/versions"
    assert await approved(organization, definition["id"], 1) == 200

    early = await admin.kpi_api.post(place, json={**WIN_RATE, "effective_from": "2025-12-31"})
    assert (early.status_code, early.json()["code"]) == (422, "effective_before_predecessor")
    assert early.json()["detail"] == "Version 1 takes effect on 2026-01-01, so version 2 must take effect later than that."

    # Two drafts that were in order when they were written, approved in the other order and at once.
    for day in ("2026-09-01", "2026-05-01"):
        assert (await admin.kpi_api.post(place, json={**WIN_RATE, "effective_from": day})).status_code == 201
    for number in (2, 3):
        await admin.kpi_api.post(f"{place}/{number}/propose")
    approver = (await another_hr_admin_once(organization)).kpi_api
    for number in (2, 3):
        await try_win_rate(admin, definition["id"], number)
    answers = await asyncio.gather(*(approver.post(f"{place}/{number}/approve") for number in (2, 3)))
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_who_edits_from_an_older_state_is_told_what_changed(organization: Organization) -> None:
    admin = await organization.admin()
    definition = await create(admin)
    place = f"/v1/definitions/{definition['id']}"
    tag = (await admin.kpi_api.get(place)).headers["ETag"]
    first = await admin.kpi_api.post(f"{place}/versions", json=LATER, headers={"If-Match": tag})
    assert first.status_code == 201

    second = await admin.kpi_api.post(f"{place}/versions", json={**WIN_RATE, "name": "Hit rate"}, headers={"If-Match": tag})

    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    told = "Exclusion rules: added “Renewals do not count”. It takes effect on 2026-07-01 instead of 2026-01-01."
    assert second.json()["changes"] == [f"Version 2 was written: {told}"]
    assert len((await admin.kpi_api.get(f"{place}/versions")).json()) == 2
    both = [admin.kpi_api.patch(place, json={"review_every_months": n}, headers={"If-Match": '"2"'}) for n in (3, 6)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [200, 412]
    assert (await admin.kpi_api.patch(place, json={"review_every_months": 1})).status_code == 428


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await found_company(organization)


async def test_what_is_in_use_is_not_retired_and_it_says_by_whom(company: Company) -> None:
    ids = await company.create(kpi("eli", "individual", person="eli"), kpi("hal", "individual", person="hal"))
    admin = await company.admin()
    [definition] = (await admin.get("/v1/definitions", params={"code": "revenue"})).json()["items"]
    place = f"/v1/definitions/{definition['id']}"

    refused = await admin.post(f"{place}/versions/1/retire", json={"from_day": "2026-10-01"})

    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert refused.json()["detail"].startswith("It is used by “Revenue of eli” of eli, “Revenue of hal” of hal.")
    seen = (await (await company.client("eli")).get(f"{place}/uses")).json()["uses"]
    assert [(use["id"], use["owner_name"], use["version_number"]) for use in seen] == [(ids["eli"], "eli", 1)], "Hal's is not Eli's to see"
    assert (await admin.post(f"{place}/versions/1/retire", json={"from_day": "2027-01-01"})).status_code == 200


async def test_a_business_change_opens_reviews_that_owners_complete(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T08:00:00Z")
    admin = (await organization.admin()).kpi_api
    await admin.post("/v1/outcomes", json={"code": "reliable", "name": "Reliable revenue", "area": "revenue_reliability"})
    owned = await create(await organization.admin(), {**WIN_RATE, "outcome_code": "reliable"})
    assert await approved(organization, owned["id"], 1) == 200
    other = await create(await organization.admin(), code="calls")
    change = {"kind": "pricing", "name": "Price list of April", "effective_on": "2026-04-01", "outcome_areas": ["revenue_reliability"]}

    recorded = await admin.post("/v1/business-changes", json={**change, "definition_codes": ["calls"]})

    assert recorded.json()["definition_ids"] == sorted([owned["id"], other["id"]])
    reviews = (await admin.get("/v1/definition-reviews", params={"mine": True})).json()["items"]
    shown = [(found["reason"], found["due_on"], found["verbs"][0]["allowed"]) for found in reviews]
    assert shown == [("business_change", "2026-04-01", True)] * 2
    done = await admin.post(f"/v1/definition-reviews/{reviews[0]['id']}/complete", json={"outcome": "confirmed", "note": "Fits"})
    again = await admin.post(f"/v1/definition-reviews/{reviews[0]['id']}/complete", json={"outcome": "confirmed"})
    assert (done.status_code, again.status_code, again.json()["code"]) == (200, 409, "wrong_status")
    assert len((await admin.get("/v1/definition-reviews")).json()["items"]) == 1
    unknown = await admin.post("/v1/business-changes", json={**change, "definition_codes": ["calls", "nope"]})
    assert unknown.json()["errors"][0]["field"] == "/definition_codes/1"
    assert len((await admin.get("/v1/business-changes")).json()["items"]) == 1, "nothing of what is refused stays"


async def test_a_review_falls_due_on_its_day_and_again_an_interval_later(organization: Organization) -> None:
    await organization.set_clock("2026-01-31T08:00:00Z")
    admin = (await organization.admin()).kpi_api
    made = await admin.post("/v1/definitions", json={"code": "win_rate", "review_every_months": 1, "version": WIN_RATE})
    assert made.json()["review_due_on"] == "2026-02-28"
    await run_periodic(organization)
    assert (await admin.get("/v1/definition-reviews")).json()["items"] == []

    await organization.set_clock("2026-03-02T08:00:00Z")
    await run_periodic(organization)
    await run_periodic(organization)

    [due] = (await admin.get("/v1/definition-reviews")).json()["items"]
    assert (due["reason"], due["due_on"]) == ("due", "2026-03-02")
    await admin.post(f"/v1/definition-reviews/{due['id']}/complete", json={"outcome": "confirmed"})
    assert (await admin.get(f"/v1/definitions/{made.json()['id']}")).json()["review_due_on"] == "2026-04-02"
    await run_periodic(organization)
    assert (await admin.get("/v1/definition-reviews")).json()["items"] == []


async def run_periodic(organization: Organization) -> None:
    running = organization.world.kpi_api
    await open_due_reviews(Job(running.database, organization.id, {}, running.app.state.resources))


async def test_what_a_leaver_answered_for_passes_to_their_manager(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T08:00:00Z")
    boss, owner = a_person("boss"), a_person("owner")
    await store(organization, boss, owner, an_employment(owner, boss, valid_from=date(2020, 1, 1)))
    admin = (await organization.admin()).kpi_api
    content = {"code": "win_rate", "owner_id": str(owner.id), "steward_id": str(owner.id), "version": WIN_RATE}
    definition = (await admin.post("/v1/definitions", json=content)).json()

    left = await admin.post(f"/v1/people/{owner.id}/leave", json={"last_day": "2026-03-01"})
    assert left.status_code == 200, left.text
    await organization.world.work()

    now = (await admin.get(f"/v1/definitions/{definition['id']}")).json()
    assert (now["owner_id"], now["steward_id"]) == (str(boss.id), str(boss.id))
    reviews = (await admin.get("/v1/definition-reviews")).json()["items"]
    assert sorted(found["reason"] for found in reviews) == ["owner_left", "steward_left"]
    refused = await admin.patch(f"/v1/definitions/{definition['id']}", json={"owner_id": str(owner.id)}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/owner_id")
    ids = {"from_person_id": str(boss.id), "to_person_id": str(organization.person_id)}
    handed = await admin.post("/v1/definitions/reassign", json=ids)
    assert handed.json() == {"owned": 1, "stewarded": 1}


async def test_nobody_else_hands_on_changes_or_completes(organization: Organization) -> None:
    reader = a_person("cleo")
    await store(organization, reader)
    client = (await organization.as_person(reader.id)).kpi_api
    definition = await create(await organization.admin())
    place = f"/v1/definitions/{definition['id']}"
    assert (await client.patch(place, json={"owner_id": str(reader.id)}, headers={"If-Match": "*"})).status_code == 403
    ids = {"from_person_id": str(organization.person_id), "to_person_id": str(reader.id)}
    assert (await client.post("/v1/definitions/reassign", json=ids)).status_code == 403
    change = {"kind": "process", "name": "x", "effective_on": "2026-04-01", "definition_codes": ["win_rate"]}
    assert (await client.post("/v1/business-changes", json=change)).status_code == 403
    hidden = await client.get(f"{place}/difference", params={"from_number": 1, "to_number": 1})
    never = await client.get(f"{place}/difference", params={"from_number": 7, "to_number": 7})
    assert (hidden.status_code, hidden.json()) == (404, never.json()), "a draft is nobody else's business"
