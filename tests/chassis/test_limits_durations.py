"""A request that takes too long is stopped where it waits, and nothing of it stays."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from chassis import events
from chassis.identifiers import new_id
from chassis.transactions import Read, TransactionalRoute, Write
from tests.chassis.conftest import ProbeDoor
from tests.world import Organization, Running

SLEEP = text("SELECT pg_sleep(30)")
SLEEPERS = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30%' AND state = 'active'")

router = APIRouter(prefix="/v1/slow", route_class=TransactionalRoute)


@router.post("")
async def write_and_sleep(session: Write) -> None:
    await events.record(session, "note.made", "note", new_id(), text="half")
    await session.execute(SLEEP)


@router.get("")
async def sleep(session: Read) -> None:
    await session.execute(SLEEP)


@router.get("/stream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x"
            await asyncio.sleep(0.1)

    return StreamingResponse(parts())


def hurried(door: ProbeDoor) -> Running:
    """A service with these doors, which gives each request 0.3 seconds."""
    settings = door.running.service.settings.model_copy(update={"request_seconds": 0.3})
    return door.like(replace(door.running.service, settings=settings, routers=[router]))


async def test_a_slow_request_is_stopped_and_its_transaction_with_it(door: ProbeDoor, organization: Organization) -> None:
    client = await door.world.client(hurried(door), door.world.token(organization.id, organization.person_id))
    for method in ("POST", "GET"):
        # When a request sleeps in the database for longer than it may
        answer = await client.request(method, "/v1/slow")
        # Then it is answered in time, with a problem that says what to do
        assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.headers["retry-after"], answer.headers["x-content-type-options"]) == ("5", "nosniff")
        assert "0.3 seconds" in answer.json()["detail"]
        assert answer.elapsed.total_seconds() < 5
    # And nothing works on in the database, nothing was written, and no connection is lost to the next request
    async with door.running.database.engine.connect() as connection:
        assert await connection.scalar(SLEEPERS) == 0
    async with door.running.database.read(organization.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE type = 'note.made'")) == 0
    assert (await door.client.get("/v1/notes")).status_code == 200


async def test_an_answer_that_has_begun_may_take_its_time(door: ProbeDoor, organization: Organization) -> None:
    client = await door.world.client(hurried(door), door.world.token(organization.id, organization.person_id))
    answer = await client.get("/v1/slow/stream")
    assert (answer.status_code, answer.text) == (200, "xxxxx")
    assert answer.elapsed.total_seconds() > 0.3
