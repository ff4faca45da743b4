"""A write is one transaction, committed before the answer leaves; whatever goes wrong leaves nothing behind."""

import pytest
from sqlalchemy import text

from chassis.database import Database
from tests.chassis.conftest import ProbeDoor
from tests.world import Organization


async def notes(door: ProbeDoor) -> list[str]:
    return [item["text"] for item in (await door.client.get("/v1/notes", params={"limit": 200})).json()["items"]]


async def waiting_jobs(database: Database, organization: Organization) -> int:
    async with database.engine.connect() as connection:
        statement = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'notes.work' AND convert_from(payload, 'UTF8') LIKE :pattern")
        return await connection.scalar(statement, {"pattern": f"%{organization.id}%"}) or 0


async def test_what_was_answered_is_committed(door: ProbeDoor, organization: Organization) -> None:
    answer = await door.client.post("/v1/notes", json={"text": "kept"})
    assert answer.status_code == 201
    assert await notes(door) == ["kept"]
    assert await waiting_jobs(door.running.database, organization) == 1


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("problem", 409, "conflict"),
        ("bug", 500, "internal"),
        ("constraint at commit", 409, "conflict"),
        ("bug at commit", 500, "internal"),
        ("lost connection", 503, "unavailable"),
    ],
)
async def test_what_fails_is_never_answered_as_done(door: ProbeDoor, organization: Organization, how: str, status: int, code: str) -> None:
    answer = await door.client.post("/v1/notes", json={"text": "lost", "fail": how}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "location" not in answer.headers
    assert "secret detail" not in answer.text
    assert await notes(door) == []
    assert await waiting_jobs(door.running.database, organization) == 0, "a job exists exactly when its change does"
    async with door.running.database.read(organization.id) as session:
        orphans = text(
            "SELECT count(*) FROM unsequenced u WHERE organization_id = :id AND kind = 'event'"
            " AND NOT EXISTS (SELECT FROM events e WHERE e.id = u.id)"
        )
        assert await session.scalar(orphans, {"id": organization.id}) == 0


async def test_after_a_failure_the_same_key_may_try_again(door: ProbeDoor) -> None:
    key = {"Idempotency-Key": "once more"}
    assert (await door.client.post("/v1/notes", json={"text": "x", "fail": "bug at commit"}, headers=key)).status_code == 500
    assert (await door.client.post("/v1/notes", json={"text": "x"}, headers=key)).status_code == 201
    assert await notes(door) == ["x"]


async def test_a_reading_request_cannot_write(door: ProbeDoor) -> None:
    await door.client.post("/v1/notes", json={"text": "kept"})
    assert (await door.client.get("/v1/notes/writing")).status_code == 500
    assert await notes(door) == ["kept"]
