"""The feed is numbered without gaps and skips no slow transaction."""

import asyncio

import pytest

from chassis import events
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.sequencer import sequence_all
from tests.world import Organization, World


@pytest.fixture
async def database(world: World, organization: Organization) -> Database:
    await sequence_all(world.kpi_api.database, world.kpi_api.audit_keys)
    return world.kpi_api.database


async def record(database: Database, organization: Organization, name: str) -> None:
    async with database.write(organization.id) as session:
        await events.record(session, "note.made", "note", new_id(), name=name)


async def feed(database: Database, organization: Organization, after: int = 0) -> list[tuple[int, str]]:
    async with database.read(organization.id) as session:
        found = await events.feed(session, after=after, limit=1000, types=["note.made"])
        return [(number, event.data["name"]) for number, event in found]


async def last(database: Database, organization: Organization) -> int:
    async with database.read(organization.id) as session:
        return await events.last_number(session)


async def test_a_slow_transaction_is_numbered_when_it_commits(database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    async with database.write(organization.id) as slow:
        await events.record(slow, "note.made", "note", new_id(), name="slow")
        await record(database, organization, "quick")
        await sequence_all(database, organization.world.kpi_api.audit_keys)
        assert await feed(database, organization) == [(start + 1, "quick")]
    await sequence_all(database, organization.world.kpi_api.audit_keys)
    assert await feed(database, organization, after=start + 1) == [(start + 2, "slow")]


async def test_what_was_rolled_back_leaves_no_gap(database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    await record(database, organization, "first")
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with database.write(organization.id) as session:
            await events.record(session, "note.made", "note", new_id(), name="never")
            raise RuntimeError
    await record(database, organization, "second")
    await sequence_all(database, organization.world.kpi_api.audit_keys)
    assert await feed(database, organization) == [(start + 1, "first"), (start + 2, "second")]


async def test_sequencers_that_run_at_once_number_each_event_once(database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    for place in range(20):
        await record(database, organization, str(place))
    await asyncio.gather(*(sequence_all(database, organization.world.kpi_api.audit_keys) for _ in range(5)))
    assert await feed(database, organization) == [(start + 1 + place, str(place)) for place in range(20)]


async def test_numbers_belong_to_one_organization(world: World, database: Database, organization: Organization) -> None:
    other = await world.new_organization()
    for owner in (organization, other):
        await record(database, owner, "one")
    await sequence_all(database, organization.world.kpi_api.audit_keys)
    assert [number for number, _ in await feed(database, other)] == [await last(database, other)]


async def test_the_feed_is_read_in_pages_and_by_type(world: World, database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    for place in range(3):
        await record(database, organization, str(place))
    await sequence_all(database, organization.world.kpi_api.audit_keys)
    client = (await organization.admin()).kpi_api
    page = (await client.get("/v1/events", params={"after": start, "limit": 2})).json()
    assert ([event["number"] for event in page["events"]], page["last_number"]) == ([start + 1, start + 2], start + 3)
    rest = (await client.get("/v1/events", params={"after": start + 2})).json()
    assert [event["data"]["name"] for event in rest["events"]] == ["2"]
    assert (await client.get("/v1/events", params={"type": "note.unknown"})).json()["events"] == []
