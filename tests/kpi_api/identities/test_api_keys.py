"""API keys from making to revoking, in kpi_api and, once it is told, in scoring."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from chassis.audit import AuditRecord
from chassis.clock import real_now
from chassis.http_client import ServiceUnavailable
from chassis.identity.api_keys import ApiKey
from kpi_api.scores.scoring_client import ScoringClient
from tests.kpi_api.people.test_moves import join
from tests.world import Organization


async def make(client: httpx.AsyncClient, *scopes: str, **options: Any) -> dict[str, Any]:
    answer = await client.post("/v1/api-keys", json={"name": "HRIS", "scopes": scopes or ["integration"], **options})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def opens(organization: Organization, key: str) -> tuple[bool, bool]:
    """Whether a key opens kpi_api and scoring; else it must be refused as a wrong one is."""
    right, wrong = await organization.with_token(key), await organization.with_token("sl_wrong")
    found = []
    for client, refusing in ((right.kpi_api, wrong.kpi_api), (right.scoring, wrong.scoring)):
        answer, refusal = await client.get("/v1/events"), await refusing.get("/v1/events")
        assert answer.status_code == 200 or (answer.status_code, answer.content) == (401, refusal.content), answer.text
        found.append(answer.status_code == 200)
    return found[0], found[1]


@pytest.fixture
async def admin(organization: Organization) -> httpx.AsyncClient:
    return (await organization.admin()).kpi_api


@pytest.fixture
async def second(organization: Organization, admin: httpx.AsyncClient) -> httpx.AsyncClient:
    """Another hr_admin."""
    person = await join(organization, "second")
    given = await admin.post("/v1/grants", json={"person_id": person, "role": "hr_admin"})
    assert given.status_code == 201, given.text
    return (await organization.as_person(person)).kpi_api


async def test_a_key_opens_both_services_and_is_shown_once(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin, expires_at=(real_now() + timedelta(days=1)).isoformat())
    key = made.pop("key")

    assert made["scoring_knows_at"] is None
    assert await opens(organization, key) == (True, False), "scoring has not been told yet"
    await organization.world.work()
    assert await opens(organization, key) == (True, True)

    shown = (await admin.get(f"/v1/api-keys/{made['id']}")).json()
    assert shown["scoring_knows_at"] is not None
    assert shown["last_used_at"] is not None
    assert {**shown, "scoring_knows_at": None, "last_used_at": None} == made
    shown.pop("verbs")
    assert (await admin.get("/v1/api-keys")).json()["items"] == [shown]
    for database in (organization.world.kpi_api.database, organization.world.scoring.database):
        async with database.read(organization.id) as session:
            (row,) = await session.scalars(select(ApiKey))
        assert key.split("_", 2)[2] not in str(vars(row))


async def test_a_revoked_key_ends_at_once_and_in_scoring_once_it_is_told(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin)
    await organization.world.work()
    assert await opens(organization, made["key"]) == (True, True)

    revoked = await admin.post(f"/v1/api-keys/{made['id']}/revoke")

    assert revoked.json()["scoring_knows_at"] is None, "the lag is shown"
    assert await opens(organization, made["key"]) == (False, True)
    await organization.world.work()
    assert await opens(organization, made["key"]) == (False, False)
    again = await admin.post(f"/v1/api-keys/{made['id']}/revoke")
    assert again.json()["revoked_at"] == revoked.json()["revoked_at"]
    assert again.json()["scoring_knows_at"] is not None
    refused = await admin.post(f"/v1/api-keys/{made['id']}/rotate", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "api_key_ended")


async def test_while_scoring_is_away_nothing_is_lost(
    organization: Organization, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await make(admin)
    with monkeypatch.context() as away:
        away.setattr(ScoringClient, "put_api_keys", AsyncMock(side_effect=ServiceUnavailable("away")))
        away.setattr("kpi_api.scores.pushing.RETRY", timedelta(seconds=1))
        await organization.world.work()
    assert (await admin.get(f"/v1/api-keys/{made['id']}")).json()["scoring_knows_at"] is None
    await asyncio.sleep(1)
    await organization.world.work()
    assert (await admin.get(f"/v1/api-keys/{made['id']}")).json()["scoring_knows_at"] is not None


async def test_the_secret_before_holds_for_the_overlap(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin)
    first = made["key"]

    rotated = (await admin.post(f"/v1/api-keys/{made['id']}/rotate", json={})).json()

    overlap = real_now() + timedelta(hours=24)
    assert rotated["id"] == made["id"]
    assert abs((datetime.fromisoformat(rotated["previous_until"]) - overlap).total_seconds()) < 60, "a day unless said"
    await organization.world.work()
    second = rotated["key"]
    assert [await opens(organization, key) for key in (first, second)] == [(True, True)] * 2
    third = (await admin.post(f"/v1/api-keys/{made['id']}/rotate", json={"overlap_hours": 0})).json()["key"]
    await organization.world.work()
    assert [await opens(organization, key) for key in (first, second, third)] == [(False, False), (False, False), (True, True)]


async def test_a_key_that_shows_pay_waits_for_a_second_hr_admin(
    organization: Organization, admin: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """Its maker holds it and sees no pay otherwise."""
    made = await make(admin, "payroll", "integration")
    await organization.world.work()
    assert (made["approved_at"], made["scopes"]) == (None, ["integration", "payroll"])
    assert await opens(organization, made["key"]) == (False, False)

    alone = await admin.post(f"/v1/api-keys/{made['id']}/approve")
    assert (alone.status_code, alone.json()["code"]) == (403, "second_person_needed")
    assert await opens(organization, made["key"]) == (False, False)

    approved = await second.post(f"/v1/api-keys/{made['id']}/approve")
    assert (approved.status_code, approved.json()["approved_by"] != made["created_by"]) == (200, True)
    await organization.world.work()
    assert await opens(organization, made["key"]) == (True, True)
    refused = await admin.post(f"/v1/api-keys/{made['id']}/rotate", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed"), "a new secret would be the rotator's alone"


async def test_an_hr_admin_who_is_alone_approves_a_key_alone(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin, "auditor")
    assert (made["approved_by"], made["alone"]) == (str(organization.person_id), True)
    assert await opens(organization, made["key"]) == (True, False)
    assert not (await make(admin, "integration"))["alone"], "that one shows no pay and needs nobody else"
    async with organization.world.kpi_api.database.read(organization.id) as session:
        about_it = select(AuditRecord.action).where(AuditRecord.subject_id == UUID(made["id"])).order_by(AuditRecord.id)
        assert (await session.scalars(about_it)).all() == ["api_key.made", "api_key.approved_alone"]


@pytest.mark.parametrize("scope", ["hr_admin", "comp_admin", "board", "executive", "service", "god"])
async def test_no_key_has_the_rights_of_a_person(admin: httpx.AsyncClient, scope: str) -> None:
    answer = await admin.post("/v1/api-keys", json={"name": "x", "scopes": [scope]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/scopes/0")


async def test_wrong_wishes_are_told(admin: httpx.AsyncClient) -> None:
    for given, field in (
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"scopes": []}, "/scopes"),
        ({"name": " "}, "/name"),
    ):
        answer = await admin.post("/v1/api-keys", json={"name": "x", "scopes": ["integration"], **given})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_nobody_but_hr_sees_or_changes_keys(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin)
    stranger = (await (await organization.world.new_organization()).admin()).kpi_api
    employee = (await organization.as_person(await join(organization, "employee"))).kpi_api
    by_key = (await organization.with_token(made["key"])).kpi_api
    for verb in ("approve", "rotate", "revoke"):
        path, never = f"/v1/api-keys/{made['id']}/{verb}", f"/v1/api-keys/{organization.id}/{verb}"
        for client in (employee, by_key):
            assert (await client.post(path, json={})).json()["code"] == "not_allowed"
        outside, unknown = await stranger.post(path, json={}), await stranger.post(never, json={})
        assert (outside.status_code, outside.content) == (unknown.status_code, unknown.content) == (404, unknown.content)
    assert (await by_key.post("/v1/api-keys", json={"name": "x", "scopes": ["integration"]})).status_code == 403
    assert (await employee.get("/v1/api-keys")).status_code == 403
    assert (await stranger.get("/v1/api-keys")).json()["items"] == []
    assert (await stranger.get(f"/v1/api-keys/{made['id']}")).status_code == 404
    assert await opens(organization, made["key"]) == (True, False)


async def test_only_the_sibling_service_tells_scoring_of_keys(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin)
    await organization.world.work()
    pushed: dict[str, Any] = {"keys": []}
    for token in (made["key"], organization.world.token(organization.id, organization.person_id)):
        answer = await (await organization.with_token(token)).scoring.put("/v1/api-keys", json=pushed)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_the_last_use_is_noted_once_a_minute(organization: Organization, admin: httpx.AsyncClient) -> None:
    made = await make(admin)
    database = organization.world.kpi_api.database

    async def last_used() -> Any:
        async with database.read(organization.id) as session:
            return await session.scalar(select(ApiKey.last_used_at))

    assert await last_used() is None
    await opens(organization, made["key"])
    first = await last_used()
    await opens(organization, made["key"])
    assert first is not None
    assert await last_used() == first
    async with database.write(organization.id) as session:
        (await session.scalars(select(ApiKey))).one().last_used_at = first - timedelta(seconds=61)
    await opens(organization, made["key"])
    assert await last_used() > first


async def test_a_use_waits_for_nobody(organization: Organization, admin: httpx.AsyncClient) -> None:
    """While the row is locked by somebody who changes it, the key opens and its use goes unnoted."""
    made = await make(admin)
    async with organization.world.kpi_api.database.write(organization.id) as session:
        (await session.scalars(select(ApiKey).with_for_update())).one()
        assert (await opens(organization, made["key"]))[0]
