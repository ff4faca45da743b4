"""A role holds once a second hr_admin has approved it, except where there is none."""

import asyncio
from typing import Any

import pytest

from tests.kpi_api.people.test_moves import join, sees
from tests.world import Organization


async def give(organization: Organization, by: str, person: str, role: str, **given: str) -> dict[str, Any]:
    client = (await organization.as_person(by)).kpi_api
    answer = await client.post("/v1/grants", json={"person_id": person, "role": role, **given})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def approve(organization: Organization, by: str, grant: dict[str, Any]) -> tuple[int, str]:
    answer = await (await organization.as_person(by)).kpi_api.post(f"/v1/grants/{grant['id']}/approve")
    return answer.status_code, answer.json().get("code", "")


@pytest.fixture
async def second(organization: Organization) -> str:
    """A second hr_admin, whom the first one approved alone, since nobody else was there."""
    await organization.set_clock("2026-02-02T08:00:00Z")
    person = await join(organization, "second")
    grant = await give(organization, str(organization.person_id), person, "hr_admin")
    assert (grant["alone"], grant["approved_by"]) == (True, str(organization.person_id))
    return person


async def test_a_role_waits_for_the_second_hr_admin(organization: Organization, second: str) -> None:
    first = str(organization.person_id)
    auditor, other = await join(organization, "auditor"), await join(organization, "other")

    grant = await give(organization, first, auditor, "auditor")

    assert (grant["approved_by"], grant["approved_at"], grant["alone"]) == (None, None, False)
    assert not await sees(organization, auditor, other), "a role that waits opens nothing"
    assert await approve(organization, first, grant) == (403, "second_person_needed")
    assert await approve(organization, auditor, grant) == (403, "not_allowed")
    assert not await sees(organization, auditor, other)
    assert await approve(organization, second, grant) == (200, "")
    assert await sees(organization, auditor, other)
    assert await approve(organization, second, grant) == (200, ""), "again is harmless"


async def test_nobody_approves_their_own_role(organization: Organization, second: str) -> None:
    grant = await give(organization, str(organization.person_id), second, "auditor")
    # Nobody but giver and receiver is hr_admin, so nobody else could have approved it: it says so.
    assert grant["alone"]
    third = await join(organization, "third")
    await give(organization, second, third, "hr_admin")
    waiting = await give(organization, str(organization.person_id), third, "payroll")
    assert waiting["approved_at"] is None
    assert await approve(organization, third, waiting) == (403, "not_allowed"), "their own hr_admin role still waits"


async def test_scoring_learns_of_a_role_when_it_is_approved(organization: Organization, second: str) -> None:
    clerk = await join(organization, "clerk")
    grant = await give(organization, str(organization.person_id), clerk, "payroll")
    await organization.world.work()
    scoring = (await organization.as_person(clerk)).scoring

    assert (await scoring.get("/v1/payroll-batches")).status_code == 403
    await approve(organization, second, grant)
    await organization.world.work()
    assert (await scoring.get("/v1/payroll-batches")).status_code == 200


async def test_ending_the_others_role_does_not_make_one_the_only_one_at_once(organization: Organization, second: str) -> None:
    await organization.set_clock("2026-03-01T08:00:00Z")
    first = str(organization.person_id)
    client = (await organization.admin()).kpi_api
    theirs = next(row for row in (await client.get("/v1/grants", params={"person_id": second})).json()["items"])
    helper = await join(organization, "helper")

    await client.post(f"/v1/grants/{theirs['id']}/end", json={})

    assert (await give(organization, first, helper, "comp_admin"))["approved_at"] is None
    await organization.set_clock("2026-04-15T08:00:00Z")
    late = await give(organization, first, await join(organization, "late"), "comp_admin")
    assert late["alone"], "after thirty days the first is the only one indeed"


async def test_neither_a_past_end_nor_a_deactivation_makes_one_the_only_one(organization: Organization, second: str) -> None:
    await organization.set_clock("2026-06-01T08:00:00Z")
    first, client = str(organization.person_id), (await organization.admin()).kpi_api

    left = await client.post(f"/v1/people/{second}/leave", json={"last_day": "2026-03-01"})
    assert left.is_success, left.text
    assert (await give(organization, first, await join(organization, "one"), "comp_admin"))["approved_at"] is None

    theirs = next(row for row in (await client.get("/v1/grants", params={"person_id": second})).json()["items"])
    ended = (await client.post(f"/v1/grants/{theirs['id']}/end", json={"valid_to": "2026-03-01"})).json()
    assert ended["valid_to"] == "2026-06-01", "that it held until now stays true"
    assert (await give(organization, first, await join(organization, "two"), "comp_admin"))["approved_at"] is None
    await organization.set_clock("2026-07-02T08:00:00Z")
    assert (await give(organization, first, await join(organization, "three"), "comp_admin"))["alone"]


async def test_a_role_that_is_refused_ends_before_it_held(organization: Organization, second: str) -> None:
    person = await join(organization, "person")
    grant = await give(organization, str(organization.person_id), person, "auditor", valid_from="2026-12-01")
    client = (await organization.as_person(second)).kpi_api
    ended = (await client.post(f"/v1/grants/{grant['id']}/end", json={})).json()
    assert (ended["valid_from"], ended["valid_to"], ended["approved_at"]) == ("2026-12-01", "2026-12-01", None)


async def test_two_approvals_at_once_are_one(organization: Organization, second: str) -> None:
    person = await join(organization, "person")
    grant = await give(organization, str(organization.person_id), person, "auditor")

    answers = await asyncio.gather(*(approve(organization, second, grant) for _ in range(4)))

    assert answers == [(200, "")] * 4
    events = (await (await organization.admin()).kpi_api.get("/v1/grants", params={"person_id": person})).json()["items"]
    assert len(events) == 1
