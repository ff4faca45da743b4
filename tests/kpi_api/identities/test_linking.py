"""From a subject of an outside issuer to a person: linked by an hr_admin, or by a verified e-mail where the organization allows it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from chassis.audit import AuditRecord
from kpi_api.identities.linking import link_as_operator
from tests.kpi_api.identities.outside import ISSUER, OTHER_ISSUER, Outside, open_outside
from tests.kpi_api.people.test_moves import join
from tests.world import Organization, World

MAIL: dict[str, Any] = {"email": "One@Example.com", "email_verified": True}


@pytest.fixture
async def outside(world: World, organization: Organization) -> AsyncIterator[Outside]:
    async with open_outside(world, organization) as outside:
        yield outside


@pytest.fixture
async def person(organization: Organization) -> str:
    """Somebody whose address is one@example.com."""
    person = await join(organization, "one")
    await edit(organization, person, {"email": "one@example.com"})
    return person


async def second_admin(outside: Outside, organization: Organization) -> httpx.AsyncClient:
    """Another hr_admin, whom the first one approved alone, since nobody else was there."""
    person = await join(organization, "second")
    given = await (await organization.admin()).kpi_api.post("/v1/grants", json={"person_id": person, "role": "hr_admin"})
    assert given.json()["alone"], given.text
    return await outside.world.client(outside.kpi_api, outside.world.token(organization.id, UUID(person)))


async def link(client: httpx.AsyncClient, person_id: UUID | str, subject: str = "subject-1") -> dict[str, Any]:
    answer = await client.post("/v1/person-identities", json={"person_id": str(person_id), "issuer": ISSUER, "subject": subject})
    assert answer.status_code == 201, answer.text
    linked: dict[str, Any] = answer.json()
    return linked


async def approve(client: httpx.AsyncClient, linked: dict[str, Any]) -> tuple[int, str]:
    answer = await client.post(f"/v1/person-identities/{linked['id']}/approve")
    return answer.status_code, answer.json().get("code", "")


async def edit(organization: Organization, person: str, change: dict[str, Any]) -> None:
    client = (await organization.admin()).kpi_api
    etag = (await client.get(f"/v1/people/{person}")).headers["ETag"]
    answer = await client.patch(f"/v1/people/{person}", json=change, headers={"If-Match": etag})
    assert answer.is_success, answer.text


async def set_active(organization: Organization, active: str) -> None:
    client, csv = (await organization.admin()).kpi_api, f"external_id,active\none,{active}\n"
    answer = await client.post("/v1/people/import", content=csv, headers={"Content-Type": "text/csv"})
    assert answer.is_success, answer.text


async def as_admin(outside: Outside, organization: Organization) -> httpx.AsyncClient:
    return await outside.world.client(outside.kpi_api, outside.world.token(organization.id, organization.person_id))


async def allow_linking(outside: Outside, organization: Organization, *issuers: str) -> None:
    client = await as_admin(outside, organization)
    etag = (await client.get("/v1/person-identities/settings")).headers["ETag"]
    answer = await client.put("/v1/person-identities/settings", json={"link_by_email": issuers}, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()) == (200, {"link_by_email": sorted(issuers)}), answer.text


async def test_hr_links_an_identity_and_unlinking_ends_it_at_once(outside: Outside, organization: Organization, person: str) -> None:
    client, token = await as_admin(outside, organization), outside.token(organization.id, "subject-1")
    assert not await outside.is_person(token, person)

    linked = await client.post("/v1/person-identities", json={"person_id": person, "issuer": ISSUER, "subject": "subject-1"})

    assert (linked.status_code, linked.json()["how"], linked.json()["linked_by"]) == (201, "hr_admin", str(organization.person_id))
    assert (linked.json()["alone"], linked.json()["approved_by"]) == (True, str(organization.person_id)), "nobody else is there"
    assert await outside.is_person(token, person)
    listed = (await client.get("/v1/person-identities", params={"person_id": person})).json()["items"]
    assert listed == [linked.json()]
    again = await client.post(
        "/v1/person-identities", json={"person_id": str(organization.person_id), "issuer": ISSUER, "subject": "subject-1"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_linked")
    assert (await client.delete(f"/v1/person-identities/{linked.json()['id']}")).status_code == 204
    assert not await outside.is_person(token, person), "a proven signature is remembered, but not whose it is"


async def test_a_link_by_hr_waits_for_a_second_hr_admin(outside: Outside, organization: Organization, person: str) -> None:
    """One alone could otherwise enter as anybody, such as who runs pay."""
    first, token = await as_admin(outside, organization), outside.token(organization.id, "subject-1", **MAIL)
    second = await second_admin(outside, organization)
    await allow_linking(outside, organization, ISSUER)

    linked = await link(first, person)

    assert (linked["approved_by"], linked["approved_at"], linked["alone"]) == (None, None, False)
    assert not await outside.is_person(token, person), "nor does its address open what waits"
    employee = await outside.world.client(outside.kpi_api, outside.world.token(organization.id, UUID(person)))
    assert await approve(first, linked) == (403, "second_person_needed")
    assert await approve(employee, linked) == (403, "not_allowed")
    await outside.world.work()
    assert not await outside.is_person(token, person, outside.scoring)
    assert not await outside.is_person(token, person)

    assert await asyncio.gather(*(approve(second, linked) for _ in range(3))) == [(200, "")] * 3, "again is harmless"

    assert await outside.is_person(token, person)
    await outside.world.work()
    assert await outside.is_person(token, person, outside.scoring)
    (shown,) = (await first.get("/v1/person-identities")).json()["items"]
    assert (shown["approved_by"] not in {None, str(organization.person_id)}, shown["alone"]) == (True, False)


async def test_the_other_hr_admin_is_not_entered_by_one_alone(outside: Outside, organization: Organization) -> None:
    """Of two hr_admins the one who is linked could approve, so the other is not alone."""
    first = await as_admin(outside, organization)
    second = await second_admin(outside, organization)
    other = next(row["person_id"] for row in (await first.get("/v1/grants")).json()["items"] if row["alone"] and row["role"] == "hr_admin"
                 and row["person_id"] != str(organization.person_id))  # fmt: skip

    linked = await link(first, other)

    assert linked["approved_at"] is None
    assert not await outside.is_person(outside.token(organization.id, "subject-1"), other)
    assert await approve(second, linked) == (200, ""), "it is their own account"


async def test_a_link_that_is_refused_is_unlinked(outside: Outside, organization: Organization, person: str) -> None:
    first, second = await as_admin(outside, organization), await second_admin(outside, organization)
    linked = await link(first, person)
    stranger = await as_admin(outside, await outside.world.new_organization())
    outside_answer, never = [await stranger.post(f"/v1/person-identities/{id_}/approve") for id_ in (linked["id"], person)]
    assert (outside_answer.status_code, outside_answer.content) == (404, never.content)

    assert (await second.delete(f"/v1/person-identities/{linked['id']}")).status_code == 204

    assert (await approve(second, linked))[0] == 404
    assert not await outside.is_person(outside.token(organization.id, "subject-1"), person)


async def test_scoring_maps_what_it_was_told_and_links_nothing_itself(outside: Outside, organization: Organization, person: str) -> None:
    await allow_linking(outside, organization, ISSUER)
    token = outside.token(organization.id, "subject-1", **MAIL)
    await outside.world.work()
    assert not await outside.is_person(token, person, outside.scoring)

    assert await outside.is_person(token, person)
    await outside.world.work()

    assert await outside.is_person(token, person, outside.scoring)
    client = await as_admin(outside, organization)
    (linked,) = (await client.get("/v1/person-identities", params={"person_id": person})).json()["items"]
    await client.delete(f"/v1/person-identities/{linked['id']}")
    await outside.world.work()
    assert not await outside.is_person(token, person, outside.scoring)


async def test_an_identity_that_goes_to_somebody_else_goes_in_scoring_too(
    outside: Outside, organization: Organization, person: str
) -> None:
    client, other = await as_admin(outside, organization), await join(organization, "other")
    given = {"issuer": ISSUER, "subject": "subject-1"}
    token = outside.token(organization.id, "subject-1")
    first = (await client.post("/v1/person-identities", json={"person_id": other, **given})).json()
    await outside.world.work()
    assert await outside.is_person(token, other, outside.scoring)

    await client.delete(f"/v1/person-identities/{first['id']}")
    assert (await client.post("/v1/person-identities", json={"person_id": person, **given})).status_code == 201
    await outside.world.work()

    assert await outside.is_person(token, person, outside.scoring)
    assert (await outside.ask(token, f"/v1/people/{other}", outside.scoring)).status_code == 404


async def test_a_verified_address_links_only_where_the_organization_says_so(
    outside: Outside, organization: Organization, person: str
) -> None:
    token = outside.token(organization.id, "subject-1", **MAIL)
    assert not await outside.is_person(token, person), "off unless somebody said so"
    await allow_linking(outside, organization, OTHER_ISSUER)
    assert not await outside.is_person(token, person), "another issuer was allowed"

    await allow_linking(outside, organization, ISSUER)

    assert await outside.is_person(token, person)
    client = await as_admin(outside, organization)
    (linked,) = (await client.get("/v1/person-identities")).json()["items"]
    assert (linked["how"], linked["person_id"], linked["subject"]) == ("email", person, "subject-1")
    await allow_linking(outside, organization)
    assert await outside.is_person(outside.token(organization.id, "subject-1"), person), "what is linked stays linked"
    async with outside.world.kpi_api.database.read(organization.id) as session:
        about_identities = select(AuditRecord).where(AuditRecord.action.startswith("identit")).order_by(AuditRecord.id)
        records = (await session.scalars(about_identities)).all()
    settings = ("identity_settings.changed", str(organization.person_id))
    assert [(row.action, row.actor) for row in records] == [settings, settings, ("identity.linked", person), settings]
    assert "example.com" not in str([row.facts for row in records]), "ids and field names, no addresses"


async def test_an_address_that_proves_too_little_links_nobody(outside: Outside, organization: Organization, person: str) -> None:
    await allow_linking(outside, organization, ISSUER)
    proofs: list[dict[str, Any]] = [
        {},
        {"email": "one@example.com"},
        {"email": "one@example.com", "email_verified": False},
        {"email": "one@example.com", "email_verified": "true"},
        {"email": ["one@example.com"], "email_verified": True},
        {"email": "", "email_verified": True},
        {"email": "nobody@example.com", "email_verified": True},
        {"email": "%@example.com", "email_verified": True},
    ]
    for claims in proofs:
        assert not await outside.is_person(outside.token(organization.id, "subject-1", **claims), person), claims
    # Two active people have it
    await edit(organization, await join(organization, "two"), {"email": "ONE@example.com"})
    assert not await outside.is_person(outside.token(organization.id, "subject-1", **MAIL), person)


async def test_an_address_opens_nobody_who_has_a_role(outside: Outside, organization: Organization, person: str) -> None:
    await allow_linking(outside, organization, ISSUER)
    given = await (await organization.admin()).kpi_api.post("/v1/grants", json={"person_id": person, "role": "comp_admin"})
    assert given.status_code == 201

    assert not await outside.is_person(outside.token(organization.id, "subject-1", **MAIL), person), "two hr_admins link them"


async def test_an_address_linked_before_opens_nobody_who_was_given_a_role(
    outside: Outside, organization: Organization, person: str
) -> None:
    await allow_linking(outside, organization, ISSUER)
    token = outside.token(organization.id, "subject-1", **MAIL)
    assert await outside.is_person(token, person)
    await outside.world.work()
    assert await outside.is_person(token, person, outside.scoring)

    given = await (await organization.admin()).kpi_api.post("/v1/grants", json={"person_id": person, "role": "comp_admin"})

    assert given.json()["approved_at"]
    assert not await outside.is_person(token, person), "whoever linked it may have waited for this"
    await outside.world.work()
    assert not await outside.is_person(token, person, outside.scoring)


async def test_an_identity_that_the_operator_links_opens_an_hr_admin_at_once(outside: Outside, organization: Organization) -> None:
    token = outside.token(organization.id, "subject-1")
    assert not await outside.is_person(token, str(organization.person_id))

    async with outside.world.kpi_api.database.write(organization.id) as session:
        await link_as_operator(session, "operator", organization.person_id, ISSUER, "subject-1")

    assert await outside.is_person(token, str(organization.person_id))


async def test_an_address_given_to_somebody_new_opens_no_old_account(outside: Outside, organization: Organization, person: str) -> None:
    await allow_linking(outside, organization, ISSUER)
    assert await outside.is_person(outside.token(organization.id, "subject-1", **MAIL), person)
    assert not await outside.is_person(outside.token(organization.id, "subject-2", **MAIL), person)


async def test_two_first_requests_at_once_link_once(outside: Outside, organization: Organization, person: str) -> None:
    await allow_linking(outside, organization, ISSUER)
    token = outside.token(organization.id, "subject-1", **MAIL)
    assert await asyncio.gather(*(outside.is_person(token, person) for _ in range(5))) == [True] * 5
    client = await as_admin(outside, organization)
    assert len((await client.get("/v1/person-identities")).json()["items"]) == 1


async def test_a_deactivated_or_terminated_person_is_refused_at_once(outside: Outside, organization: Organization, person: str) -> None:
    """Their own tokens too, whose signature was proven a moment ago."""
    await allow_linking(outside, organization, ISSUER)
    own, linked = outside.world.token(organization.id, UUID(person)), outside.token(organization.id, "subject-1", **MAIL)
    assert await outside.is_person(own, person)
    assert await outside.is_person(linked, person)

    await set_active(organization, "false")
    assert not await outside.is_person(own, person)
    assert not await outside.is_person(linked, person)
    await set_active(organization, "true")
    assert await outside.is_person(own, person)

    client = (await organization.admin()).kpi_api
    assert (await client.post(f"/v1/people/{person}/leave", json={"last_day": "2025-06-30"})).is_success
    assert not await outside.is_person(own, person)
    assert not await outside.is_person(linked, person)
    assert not await outside.is_person(outside.token(organization.id, "subject-9", **MAIL), person), "nor linked anew"
    await outside.world.work()
    assert not await outside.is_person(own, person, outside.scoring)


async def test_a_token_for_another_organization_opens_nothing_here(
    world: World, outside: Outside, organization: Organization, person: str
) -> None:
    await allow_linking(outside, organization, ISSUER, OTHER_ISSUER)
    stranger = await world.new_organization()
    mine = outside.token(organization.id, "subject-1", **MAIL)
    assert await outside.is_person(mine, person)
    # The same subject elsewhere is nobody; an organization that never was answers alike
    assert not await outside.is_person(outside.token(stranger.id, "subject-1", **MAIL), person)
    assert not await outside.is_person(outside.token(None, "subject-1", **MAIL), person)
    # An issuer of one organization speaks in no other, and needs not name its own
    assert await outside.is_person(outside.token(None, "subject-2", OTHER_ISSUER, **MAIL), person)
    assert await outside.is_person(outside.token(organization.id, "subject-2", OTHER_ISSUER), person)
    assert not await outside.is_person(outside.token(stranger.id, "subject-2", OTHER_ISSUER, **MAIL), person)
    # A stranger's hr_admin sees and changes nothing of it
    client = await as_admin(outside, stranger)
    assert (await client.get("/v1/person-identities")).json()["items"] == []
    (linked, _) = (await (await as_admin(outside, organization)).get("/v1/person-identities")).json()["items"]
    assert (await client.delete(f"/v1/person-identities/{linked['id']}")).status_code == 404
    given = {"person_id": person, "issuer": ISSUER, "subject": "mine"}
    assert (await client.post("/v1/person-identities", json=given)).status_code == 404


async def test_only_hr_links_and_only_issuers_that_are_trusted(outside: Outside, organization: Organization, person: str) -> None:
    employee = await outside.world.client(outside.kpi_api, outside.world.token(organization.id, UUID(person)))
    given = {"person_id": person, "issuer": ISSUER, "subject": "mine"}
    for answer in (
        await employee.get("/v1/person-identities"),
        await employee.get("/v1/person-identities/settings"),
        await employee.post("/v1/person-identities", json=given),
        await employee.put("/v1/person-identities/settings", json={"link_by_email": []}, headers={"If-Match": "*"}),
        await employee.delete(f"/v1/person-identities/{person}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    client = await as_admin(outside, organization)
    for issuer in ("https://elsewhere.example.com", "https://issuer.sightline.localhost", "kpi_api"):
        answer = await client.post("/v1/person-identities", json={**given, "issuer": issuer})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_issuer")
        answer = await client.put("/v1/person-identities/settings", json={"link_by_email": [issuer]}, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_issuer")
