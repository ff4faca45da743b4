"""The movable clock of development: who moves it, how far, and that an organization whose clock is broken stands alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from chassis import events
from chassis.app import create_app
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.sequencer import sequence_all
from chassis.worker import enqueue_everywhere
from tests.kpi_api.people.test_moves import join
from tests.world import Organization, World

CLOCK = "/v1/development/clock"


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
@pytest.mark.parametrize(
    "now", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2200-01-01T00:00:00Z", "1970-01-01T00:00:00+00:01"]
)
async def test_the_clock_does_not_leave_the_calendar(organization: Organization, service: str, now: str) -> None:
    client: httpx.AsyncClient = getattr(await organization.admin(), service)
    answer = await client.put(CLOCK, json={"now": now})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("/now", "out_of_range")]
    assert (await client.put(CLOCK, json={"now": "2199-12-31T23:00:00Z"})).status_code == 200
    assert (await client.put(CLOCK, json={"now": "1970-01-01T00:00:00Z"})).status_code == 200


async def test_an_employee_does_not_move_the_clock_of_everybody(organization: Organization) -> None:
    async with organization.world.kpi_api.database.read(organization.id) as session:
        before = session.now
    employee = await organization.as_person(await join(organization, "one"))
    answer = await employee.kpi_api.put(CLOCK, json={"now": "2090-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "This needs the role hr_admin.")
    async with organization.world.kpi_api.database.read(organization.id) as session:
        assert (session.now - before).days == 0


async def test_the_door_is_not_there_in_production(world: World) -> None:
    for running in (world.kpi_api, world.scoring):
        settings = running.service.settings.model_copy(update={"environment": "production"})
        doors = create_app(replace(running.service, settings=settings)).openapi()["paths"]
        assert CLOCK in running.app.openapi()["paths"]
        assert CLOCK not in doors


@pytest.fixture
async def broken(world: World) -> AsyncIterator[UUID]:
    """An organization of which no transaction can be opened, as if its clock had been moved past the last date there is."""
    organization = await world.new_organization()
    values = {"id": organization.id, "offset": 8_000 * 366 * 86_400 * 1_000_000}
    async with world.kpi_api.database.write(organization.id) as session:
        await session.execute(text("INSERT INTO clock_offsets (organization_id, offset_microseconds) VALUES (:id, :offset)"), values)
    yield organization.id
    still = Database(world.kpi_api.database.url)  # whose clock does not move
    async with still.write(organization.id) as session:
        await session.execute(text("DELETE FROM clock_offsets WHERE organization_id = :id"), values)
    await still.close()


async def test_the_others_events_are_numbered_all_the_same(world: World, broken: UUID) -> None:
    later = await world.new_organization()
    database = world.kpi_api.database
    async with database.write(later.id) as session:
        await events.record(session, "note.made", "note", new_id(), name="a")
    with capture_logs() as logs, pytest.raises(ExceptionGroup) as failed:
        await sequence_all(database, world.kpi_api.audit_keys)
    assert [type(error) for error in failed.value.exceptions] == [OverflowError]
    assert [entry["organization_id"] for entry in logs if entry["event"] == "organization_failed"] == [str(broken)]
    async with database.read(later.id) as session:
        found = await events.feed(session, after=0, limit=1000, types=["note.made"])
    assert [event.data["name"] for _, event in found] == ["a"]
    async with database.engine.connect() as connection:
        waiting = (await connection.execute(text("SELECT DISTINCT organization_id FROM unsequenced"))).scalars().all()
    assert waiting == [broken]


async def test_the_others_get_their_periodic_jobs(world: World, broken: UUID) -> None:
    later = await world.new_organization()
    with pytest.raises(ExceptionGroup):
        await enqueue_everywhere(world.kpi_api.database, "a.periodic.job")
    async with world.kpi_api.database.engine.begin() as connection:
        found = text("DELETE FROM pgqueuer WHERE entrypoint = 'a.periodic.job' RETURNING convert_from(payload, 'UTF8')")
        payloads = (await connection.execute(found)).scalars().all()
    assert any(str(later.id) in payload for payload in payloads)
    assert not any(str(broken) in payload for payload in payloads)
