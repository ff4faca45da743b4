"""The same key and content again is the same answer and no second change."""

import asyncio

from sqlalchemy import text

from tests.chassis.conftest import ProbeDoor
from tests.world import Organization, World

KEY = {"Idempotency-Key": "7d1c"}


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(door: ProbeDoor) -> None:
    first = await door.client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    again = await door.client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    assert (again.status_code, again.content, again.headers["location"]) == (201, first.content, first.headers["location"])
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert door.probe.made == 1
    assert len((await door.client.get("/v1/notes")).json()["items"]) == 1


async def test_the_kept_answer_cannot_be_read_from_the_database(door: ProbeDoor, organization: Organization) -> None:
    await door.client.post("/v1/notes", json={"text": "shown once"}, headers=KEY)
    async with door.running.database.read(organization.id) as session:
        body = await session.scalar(text("SELECT body FROM idempotency_records WHERE key = :key"), {"key": KEY["Idempotency-Key"]})
    assert b"shown once" not in body


async def test_the_same_key_for_other_content_is_refused(door: ProbeDoor) -> None:
    await door.client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    other = await door.client.post("/v1/notes", json={"text": "b"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    other_path = await door.client.post("/v1/notes?mood=1", json={"text": "a"}, headers=KEY)
    assert other_path.json()["code"] == "idempotency_key_reused"
    assert door.probe.made == 1


async def test_a_repeat_while_the_first_is_in_flight_waits_for_its_answer(door: ProbeDoor) -> None:
    door.probe.pause = asyncio.Event()
    first = asyncio.create_task(door.client.post("/v1/notes", json={"text": "a"}, headers=KEY))
    await door.probe.entered.wait()
    second = asyncio.create_task(door.client.post("/v1/notes", json={"text": "a"}, headers=KEY))
    await asyncio.sleep(0.1)
    assert not second.done()
    door.probe.pause.set()
    answers = await asyncio.gather(first, second)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert door.probe.made == 1


async def test_keys_belong_to_one_organization(door: ProbeDoor, world: World) -> None:
    stranger = await door.as_somebody_of(await world.new_organization())
    mine = await door.client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    theirs = await stranger.post("/v1/notes", json={"text": "a"}, headers=KEY)
    assert mine.json()["id"] != theirs.json()["id"]
    assert door.probe.made == 2


async def test_without_a_key_each_request_counts(door: ProbeDoor) -> None:
    for _ in range(2):
        await door.client.post("/v1/notes", json={"text": "a"})
    assert door.probe.made == 2
