"""From an event to a signed message: retries on a schedule, order per subject, parking, replay, and what is never sent."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chassis import events
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.service import Service
from chassis.webhooks.delivery import deliver
from chassis.webhooks.dispatch import DELIVER, dispatch
from chassis.worker import drain
from tests.chassis.webhooks.receiver import Received, Receiver, open_receiver
from tests.world import Organization, World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as receiver:
        yield receiver


@pytest.fixture
async def admin(organization: Organization) -> httpx.AsyncClient:
    return (await organization.admin()).kpi_api


@pytest.fixture
def impatient(world: World) -> Service:
    """kpi_api with a retry schedule of two attempts and no pause between them."""
    service = world.kpi_api.service
    settings = service.settings.model_copy(update={"webhook_retry_seconds": [0.0], "webhook_timeout_seconds": 0.5})
    return replace(service, settings=settings, jobs={DELIVER: deliver(settings)}, after_numbering=dispatch)


async def work(service: Service, world: World) -> None:
    while await drain(service, world.kpi_api.database, world.kpi_api.app.state.resources):
        pass


async def register(admin: httpx.AsyncClient, url: str, *types: str) -> dict[str, str]:
    answer = await admin.post("/v1/webhook-endpoints", json={"url": url, "event_types": list(types)})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def happen(database: Database, organization: Organization, type_: str, subject_id: UUID, **data: str) -> None:
    async with database.write(organization.id) as session:
        await events.record(session, type_, "scorecard", subject_id, **data)


async def deliveries(admin: httpx.AsyncClient, endpoint: dict[str, str]) -> list[dict[str, object]]:
    return (await admin.get(f"/v1/webhook-endpoints/{endpoint['id']}/deliveries")).json()["items"]  # type: ignore[no-any-return]


async def test_an_event_arrives_once_signed_and_as_the_feed_has_it(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint = await register(admin, receiver.url, "scorecard.agreed")
    scorecard = new_id()
    await happen(world.kpi_api.database, organization, "scorecard.agreed", scorecard, person_id="p")
    await happen(world.kpi_api.database, organization, "scorecard.proposed", scorecard)
    await world.work()
    await world.work()

    [message] = receiver.messages
    body = Webhook(endpoint["secret"]).verify(message.body, message.headers)
    feed = (await admin.get("/v1/events", params={"type": "scorecard.agreed"})).json()["events"][-1]
    assert message.headers["webhook-id"] == feed["id"]
    assert body == {
        "type": "scorecard.agreed",
        "timestamp": feed["occurred_at"],
        "organization_id": str(organization.id),
        "number": feed["number"],
        "subject_type": "scorecard",
        "subject_id": str(scorecard),
        "data": {"person_id": "p"},
    }
    assert [d["status"] for d in await deliveries(admin, endpoint)] == ["delivered"]


async def test_another_organization_hears_nothing(world: World, organization: Organization, receiver: Receiver) -> None:
    other = await world.new_organization()
    await register((await other.admin()).kpi_api, receiver.url)
    await world.work()
    receiver.messages.clear()
    await happen(world.kpi_api.database, organization, "scorecard.agreed", new_id())
    await world.work()
    assert receiver.messages == []


async def test_what_fails_is_tried_again_then_parked_and_can_be_replayed(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver, impatient: Service
) -> None:
    endpoint = await register(admin, receiver.url, "scorecard.agreed")
    receiver.answer = lambda _: 500
    await happen(world.kpi_api.database, organization, "scorecard.agreed", new_id())
    await work(impatient, world)

    first, second = receiver.messages
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    [parked] = await deliveries(admin, endpoint)
    assert (parked["status"], parked["attempts"], parked["last_status"], parked["next_attempt_at"]) == ("parked", 2, 500, None)
    assert (await admin.get(f"/v1/webhook-endpoints/{endpoint['id']}")).json()["failing_since"] is not None

    receiver.answer = lambda _: 200
    assert (await admin.post(f"/v1/webhook-endpoints/{endpoint['id']}/replay", json={})).json() == {"replayed": 1}
    await work(impatient, world)
    assert len(receiver.messages) == 3
    [delivered] = await deliveries(admin, endpoint)
    assert (delivered["status"], delivered["attempts"]) == ("delivered", 1)
    assert (await admin.get(f"/v1/webhook-endpoints/{endpoint['id']}")).json()["failing_since"] is None


async def test_a_failing_delivery_waits_as_the_schedule_says(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint = await register(admin, receiver.url, "scorecard.agreed")
    receiver.answer = lambda _: 500
    await happen(world.kpi_api.database, organization, "scorecard.agreed", new_id())
    await world.work()
    await world.work()
    assert len(receiver.messages) == 1, "the next attempt is five seconds away"
    [waiting] = await deliveries(admin, endpoint)
    assert (waiting["status"], waiting["attempts"]) == ("pending", 1)
    assert waiting["next_attempt_at"] is not None


async def test_a_later_event_about_a_subject_never_overtakes_an_earlier_one(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver, impatient: Service
) -> None:
    await register(admin, receiver.url, "scorecard.proposed", "scorecard.agreed")
    slow, other = new_id(), new_id()
    refused: list[Received] = []

    def refuse_the_first(message: Received) -> int:
        if not refused and b"proposed" in message.body and str(slow).encode() in message.body:
            refused.append(message)
            return 500
        return 200

    receiver.answer = refuse_the_first
    await happen(world.kpi_api.database, organization, "scorecard.proposed", slow)
    await happen(world.kpi_api.database, organization, "scorecard.agreed", slow)
    await happen(world.kpi_api.database, organization, "scorecard.agreed", other)
    await work(impatient, world)

    sent = [(body["subject_id"], body["type"]) for body in (json.loads(message.body) for message in receiver.messages)]
    assert [type_ for subject, type_ in sent if subject == str(slow)] == ["scorecard.proposed", "scorecard.proposed", "scorecard.agreed"]
    assert (str(other), "scorecard.agreed") in sent


async def test_a_parked_delivery_lets_later_ones_go_on(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver, impatient: Service
) -> None:
    await register(admin, receiver.url, "scorecard.proposed", "scorecard.agreed")
    receiver.answer = lambda message: 500 if b"proposed" in message.body else 200
    subject = new_id()
    await happen(world.kpi_api.database, organization, "scorecard.proposed", subject)
    await happen(world.kpi_api.database, organization, "scorecard.agreed", subject)
    await work(impatient, world)
    assert [json.loads(message.body)["type"] for message in receiver.messages][-1] == "scorecard.agreed"


async def test_while_a_secret_is_rotated_both_verify_and_without_overlap_only_the_new_one(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint = await register(admin, receiver.url, "cycle.closed")
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    second = (await admin.post(f"{path}/secrets", json={})).json()["secret"]
    await admin.post(f"{path}/ping")
    await world.work()
    for secret in (endpoint["secret"], second):
        assert Webhook(secret).verify(receiver.messages[-1].body, receiver.messages[-1].headers)["type"] == "webhook.ping"

    third = (await admin.post(f"{path}/secrets", json={"overlap_hours": 0})).json()["secret"]
    await admin.post(f"{path}/ping")
    await world.work()
    assert Webhook(third).verify(receiver.messages[-1].body, receiver.messages[-1].headers)["type"] == "webhook.ping"
    for secret in (endpoint["secret"], second):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(receiver.messages[-1].body, receiver.messages[-1].headers)


async def test_a_ping_goes_to_its_endpoint_alone(world: World, admin: httpx.AsyncClient, receiver: Receiver) -> None:
    pinged = await register(admin, receiver.url, "cycle.closed")
    other = await register(admin, receiver.url, "cycle.closed")
    await admin.post(f"/v1/webhook-endpoints/{pinged['id']}/ping")
    await world.work()
    assert [d["event_type"] for d in await deliveries(admin, pinged)] == ["webhook.ping"]
    assert await deliveries(admin, other) == []


async def test_a_redirect_is_not_followed(world: World, admin: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.answer, receiver.extra = (lambda _: 302), f"Location: {receiver.url}/elsewhere\r\n"
    endpoint = await register(admin, receiver.url, "cycle.closed")
    await admin.post(f"/v1/webhook-endpoints/{endpoint['id']}/ping")
    await world.work()
    assert len(receiver.messages) == 1
    [delivery] = await deliveries(admin, endpoint)
    assert (delivery["status"], delivery["last_status"]) == ("pending", 302)


async def test_a_huge_answer_is_cut_off(world: World, admin: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.content = b"x" * 1_000_000
    endpoint = await register(admin, receiver.url, "cycle.closed")
    await admin.post(f"/v1/webhook-endpoints/{endpoint['id']}/ping")
    await world.work()
    assert [d["status"] for d in await deliveries(admin, endpoint)] == ["delivered"]


async def test_an_endpoint_that_is_gone_is_disabled_and_its_owner_told(
    world: World, organization: Organization, admin: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint = await register(admin, receiver.url, "scorecard.agreed")
    receiver.answer = lambda _: 410
    await happen(world.kpi_api.database, organization, "scorecard.agreed", new_id())
    await world.work()
    read = (await admin.get(f"/v1/webhook-endpoints/{endpoint['id']}")).json()
    assert (read["enabled"], read["disabled_at"] is not None) == (False, True)
    feed = (await admin.get("/v1/events", params={"type": "webhook_endpoint.disabled"})).json()["events"]
    assert [event["subject_id"] for event in feed] == [endpoint["id"]]

    await happen(world.kpi_api.database, organization, "scorecard.agreed", new_id())
    await world.work()
    assert len(receiver.messages) == 1, "a disabled endpoint gets nothing"
