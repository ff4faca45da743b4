"""Registering endpoints: who may, which addresses, what is shown once, and edits that do not overwrite each other."""

import httpx
import pytest
from sqlalchemy import text

from chassis.identifiers import new_id
from chassis.webhooks.egress import WebhookUrlRefused, check_url
from tests.verbs import do_as_said, said
from tests.world import Organization, World

URL = "https://hooks.example.com/sightline"


@pytest.fixture
async def admin(organization: Organization) -> httpx.AsyncClient:
    return (await organization.admin()).kpi_api


async def test_the_secret_is_shown_once_and_sealed_at_rest(world: World, organization: Organization, admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/webhook-endpoints", json={"url": URL})).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in (await admin.get(f"/v1/webhook-endpoints/{made['id']}")).json()
    assert made["secret"] not in (await admin.get("/v1/webhook-endpoints")).text
    async with world.kpi_api.database.read(organization.id) as session:
        stored = await session.scalar(text("SELECT sealed FROM webhook_secrets"))
    assert made["secret"].removeprefix("whsec_").encode() not in stored


@pytest.mark.parametrize("development", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com:22/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://2130706433/",
        "https://017700000001/",
        "https://127%2e0.0.1/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://[64:ff9b::7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://scoring/",
        "https://a.localhost/",
        "https://hooks.example.com.localhost./",
        "https:///nowhere",
        "not an address",
    ],
)
def test_webhooks_go_to_public_https_addresses_only(world: World, url: str, development: bool) -> None:
    settings = world.kpi_api.service.settings.model_copy(update={"environment": "development" if development else "production"})
    with pytest.raises(WebhookUrlRefused):
        check_url(url, settings)


@pytest.mark.parametrize("url", [URL, "https://hooks.example.com./", "https://8.8.8.8/", "https://b\u00fccher.example/", "https://a.0x.example/"])
def test_names_of_the_public_dns_are_taken(world: World, url: str) -> None:
    assert check_url(url, world.kpi_api.service.settings.model_copy(update={"environment": "production"})) == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "https://localhost/", "http://[::1]:9000/"])
def test_loopback_is_for_development_only(world: World, url: str) -> None:
    settings = world.kpi_api.service.settings
    assert check_url(url, settings) == url
    with pytest.raises(WebhookUrlRefused):
        check_url(url, settings.model_copy(update={"environment": "production"}))


async def test_an_unknown_event_type_is_named(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/webhook-endpoints", json={"url": URL, "event_types": ["scorecard.agreed", "scorecard.agred"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_event_type")
    assert [error["field"] for error in answer.json()["errors"]] == ["/event_types/1"]
    assert (await admin.get("/v1/webhook-endpoints")).json()["items"] == []


async def test_a_stale_edit_is_refused(admin: httpx.AsyncClient) -> None:
    made = await admin.post("/v1/webhook-endpoints", json={"url": URL})
    path, tag = f"/v1/webhook-endpoints/{made.json()['id']}", made.headers["etag"]
    wanted = {"url": URL, "description": "first", "event_types": [], "enabled": True}
    assert (await admin.put(path, json=wanted)).status_code == 428
    changed = await admin.put(path, json=wanted, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["description"]) == (200, "first")
    assert (await admin.put(path, json={**wanted, "description": "second"}, headers={"If-Match": tag})).status_code == 412
    assert (await admin.get(path)).json()["description"] == "first"


async def test_a_removed_endpoint_is_as_one_that_never_was(admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/webhook-endpoints", json={"url": URL})).json()
    assert (await admin.delete(f"/v1/webhook-endpoints/{made['id']}")).status_code == 204
    gone, never = await admin.get(f"/v1/webhook-endpoints/{made['id']}"), await admin.get(f"/v1/webhook-endpoints/{new_id()}")
    assert (gone.status_code, gone.json()) == (404, never.json())


async def test_another_organizations_endpoint_is_as_one_that_never_was(world: World, admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/webhook-endpoints", json={"url": URL})).json()
    stranger = (await (await world.new_organization()).admin()).kpi_api
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/ping"), ("GET", "/deliveries")]:
        answer = await stranger.request(method, f"/v1/webhook-endpoints/{made['id']}{path}")
        never = await stranger.request(method, f"/v1/webhook-endpoints/{new_id()}{path}")
        assert (answer.status_code, answer.json()) == (404, never.json()), (method, path)
    assert (await admin.get(f"/v1/webhook-endpoints/{made['id']}")).status_code == 200


async def test_who_has_no_such_role_manages_no_webhooks(world: World, organization: Organization) -> None:
    async with world.kpi_api.database.write(organization.id) as session:
        await session.execute(text("DELETE FROM grants"))
    person = (await organization.admin()).kpi_api
    for method, path in [("POST", "/v1/webhook-endpoints"), ("GET", "/v1/webhook-endpoints"), ("GET", "/v1/events")]:
        answer = await person.request(method, path, json={"url": URL} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path


async def test_the_catalogue_says_what_each_type_means(admin: httpx.AsyncClient) -> None:
    listed = {item["type"]: item["description"] for item in (await admin.get("/v1/webhook-event-types")).json()}
    assert {"scorecard.agreed", "review.released", "cycle.closed", "webhook.ping"} <= listed.keys()
    assert all(listed.values())


async def test_an_endpoint_says_what_may_be_done_with_it(admin: httpx.AsyncClient) -> None:
    made = (await admin.post("/v1/webhook-endpoints", json={"url": URL})).json()
    place = f"/v1/webhook-endpoints/{made['id']}"
    # While it is enabled everything may be done.
    assert await do_as_said(made, "ping", admin.post(f"{place}/ping"))
    assert await do_as_said(made, "replay", admin.post(f"{place}/replay", json={}))
    assert await do_as_said(made, "rotate_secret", admin.post(f"{place}/secrets", json={}))
    # When it is disabled nothing is sent to it, and it says so.
    tag = (await admin.get(place)).headers["ETag"]
    change = {"url": URL, "description": "", "event_types": [], "enabled": False}
    off = (await admin.put(place, json=change, headers={"If-Match": tag})).json()
    assert said(off, "ping") == (False, "Nothing is sent to a disabled endpoint. Enable it first.")
    assert not await do_as_said(off, "ping", admin.post(f"{place}/ping"))
    assert not await do_as_said(off, "replay", admin.post(f"{place}/replay", json={}))
    assert await do_as_said(off, "remove", admin.delete(place))
