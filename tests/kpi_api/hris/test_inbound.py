"""An HRIS sends employments: signed, repeated, out of order, forged."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from chassis.clock import real_now
from chassis.identity.api_keys import create_api_key
from tests.verbs import do_as_said, said
from tests.world import Organization, World

JOINED = {"external_id": "E1", "given_name": "Ida", "family_name": "Moss", "hire_date": "2026-01-05", "fte": "1"}


async def register(organization: Organization) -> dict[str, Any]:
    answer = await (await organization.admin()).kpi_api.post("/v1/hris/sources", json={"name": "Personnel system"})
    assert answer.status_code == 201, answer.text
    source: dict[str, Any] = answer.json()
    return source


def message(data: dict[str, Any], occurred_at: str = "2026-02-01T00:00:00Z", **given: Any) -> str:
    return json.dumps({"type": "employment.changed", "occurred_at": occurred_at, "data": data, **given})


async def deliver(
    organization: Organization, source: dict[str, Any], body: str, *, message_id: str | None = None, secret: str | None = None, age: int = 0
) -> httpx.Response:
    message_id, sent = message_id or uuid4().hex, real_now() - timedelta(seconds=age)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret or source["secret"]).sign(message_id, sent, body),
    }
    return await post(organization, source, body, headers)


async def post(organization: Organization, source: dict[str, Any], body: str, headers: dict[str, str]) -> httpx.Response:
    client = (await organization.with_token("")).kpi_api
    return await client.post(f"/v1/hris/sources/{source['id']}/events", content=body.encode(), headers=headers)


async def person(organization: Organization, external_id: str = "E1") -> dict[str, Any]:
    client = (await organization.admin()).kpi_api
    found = (await client.get("/v1/people", params={"search": external_id})).json()["items"]
    detail: dict[str, Any] = (await client.get(f"/v1/people/{found[0]['id']}")).json() if found else {}
    return detail


async def test_somebody_joins_and_goes_part_time(organization: Organization) -> None:
    source = await register(organization)

    joined = await deliver(organization, source, message(JOINED))
    moved = await deliver(
        organization, source, message({"external_id": "E1", "fte": "0.6", "valid_from": "2026-05-01"}, "2026-04-20T00:00:00Z")
    )

    assert (joined.json()["outcome"], moved.json()["outcome"]) == ("applied", "applied"), moved.text
    lines = [(line["valid_from"], line["valid_to"], line["fte"]) for line in (await person(organization))["employments"]]
    assert lines == [("2026-01-05", "2026-05-01", "1"), ("2026-05-01", None, "0.6")]
    assert (await person(organization))["display_name"] == "Ida Moss", "what a message leaves out is not touched"


async def test_the_same_message_twice_even_at_once_is_worked_once(organization: Organization) -> None:
    source = await register(organization)

    answers = await asyncio.gather(*(deliver(organization, source, message(JOINED), message_id="m1") for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json()["repeated"] for answer in answers) == [False, True, True, True]
    assert len({answer.json()["person_id"] for answer in answers}) == 1


async def test_an_older_message_never_overwrites_a_newer_fact(organization: Organization) -> None:
    source = await register(organization)
    await deliver(organization, source, message(JOINED | {"family_name": "Newer"}, "2026-03-02T00:00:00Z", sequence=7))

    late = await deliver(organization, source, message(JOINED | {"family_name": "Older"}, "2026-03-01T00:00:00Z"))
    same_moment = await deliver(organization, source, message(JOINED | {"family_name": "Before"}, "2026-03-02T00:00:00Z", sequence=6))

    assert (late.json()["outcome"], same_moment.json()["outcome"]) == ("superseded", "superseded")
    assert (await person(organization))["family_name"] == "Newer"


async def test_what_does_not_fit_is_named_and_may_be_sent_again(organization: Organization) -> None:
    source = await register(organization)
    wrong = await deliver(organization, source, message(JOINED | {"unit": "Nowhere"}), message_id="m1")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "employment_change_refused")
    assert (wrong.json()["errors"][0]["field"], wrong.json()["errors"][0]["code"]) == ("/data/unit", "unknown_unit")
    assert await person(organization) == {}

    unit = {"code": "nowhere", "name": "Nowhere", "kind": "team"}
    await (await organization.admin()).kpi_api.post("/v1/units", json=unit)
    again = await deliver(organization, source, message(JOINED | {"unit": "Nowhere"}), message_id="m1")

    assert (again.status_code, again.json()["repeated"]) == (200, False)


async def test_forged_old_and_foreign_messages_are_refused_alike(world: World, organization: Organization) -> None:
    source = await register(organization)
    stranger = await register(await world.new_organization())
    body = message(JOINED)
    signed = {"webhook-id": "m1", "webhook-timestamp": str(int(real_now().timestamp()))}

    refused = {
        "a stranger's secret": await deliver(organization, source, body, secret=stranger["secret"]),
        "ten minutes old": await deliver(organization, source, body, age=600),
        "no signature": await post(organization, source, body, signed),
        "a signature without a comma": await post(organization, source, body, signed | {"webhook-signature": "v1"}),
        "not base64": await post(organization, source, body, signed | {"webhook-signature": "v1,%%%"}),
        "an unknown source": await deliver(organization, source | {"id": str(uuid4())}, body),
    }

    for attack, answer in refused.items():
        assert (answer.status_code, answer.json()["code"]) == (401, "webhook_signature_invalid"), attack
    assert len({answer.content for answer in refused.values()}) == 1
    assert await person(organization) == {}


async def test_the_old_secret_holds_while_it_is_rotated_and_a_disabled_source_is_silent(organization: Organization) -> None:
    source = await register(organization)
    admin = (await organization.admin()).kpi_api
    rotated = (await admin.post(f"/v1/hris/sources/{source['id']}/rotate-secret")).json()

    by_old = await deliver(organization, source, message(JOINED))
    by_new = await deliver(organization, rotated, message(JOINED, "2026-02-02T00:00:00Z"))
    await admin.post(f"/v1/hris/sources/{source['id']}/disable")
    after = await deliver(organization, rotated, message(JOINED, "2026-02-03T00:00:00Z"))

    assert (by_old.status_code, by_new.status_code, after.status_code) == (200, 200, 401)
    assert by_new.json()["outcome"] == "unchanged"


async def test_a_source_says_what_may_be_done_with_it(world: World, organization: Organization) -> None:
    admin = (await organization.admin()).kpi_api
    made = (await admin.post("/v1/hris/sources", json={"name": "Personnel system"})).json()
    place = f"/v1/hris/sources/{made['id']}"
    # Given an auditor who sees it, they are told that they may do nothing with it, and may not.
    auditor = (await organization.with_token(await auditors_key(world, organization))).kpi_api
    seen = (await auditor.get(place)).json()
    assert "secret" not in seen
    assert said(seen, "disable") == (False, "This needs the role hr_admin.")
    assert not await do_as_said(seen, "rotate_secret", auditor.post(f"{place}/rotate-secret"))
    assert not await do_as_said(seen, "disable", auditor.post(f"{place}/disable"))
    # When an hr_admin does what they are told they may, it is done, and nothing may be done any more.
    assert await do_as_said((await admin.get(place)).json(), "rotate_secret", admin.post(f"{place}/rotate-secret"))
    assert await do_as_said((await admin.get(place)).json(), "disable", admin.post(f"{place}/disable"))
    off = (await admin.get(place)).json()
    assert not await do_as_said(off, "rotate_secret", admin.post(f"{place}/rotate-secret"))
    assert said(off, "disable") == (False, "The source is disabled already.")
    assert (await admin.post(f"{place}/disable")).json() == off, "again is harmless"


async def auditors_key(world: World, organization: Organization) -> str:
    async with world.kpi_api.database.write(organization.id) as session:
        return (await create_api_key(session, name="auditor", scopes=["auditor"], created_by="test")).text


async def test_a_moment_at_the_end_of_the_calendar_is_named(organization: Organization) -> None:
    source = await register(organization)
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = await deliver(organization, source, message(JOINED, moment))
        assert answer.status_code == 422, answer.text
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("/occurred_at", "out_of_range")]
    assert await person(organization) == {}


async def test_a_message_that_says_a_thing_twice_is_refused(organization: Organization) -> None:
    source = await register(organization)
    answer = await deliver(organization, source, message(JOINED).replace('"fte": "1"', '"fte": "1", "fte": "0.5"'))
    assert (answer.status_code, answer.json()["code"]) == (422, "repeated_name")
    assert [error["field"] for error in answer.json()["errors"]] == ["/data/fte"]
    assert await person(organization) == {}
