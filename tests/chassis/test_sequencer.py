"""The feed is numbered without gaps and skips no slow transaction; the audit chain names the record that was changed."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text

from chassis import audit, events
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.sequencer import sequence_all, verify_chain
from sightline.embedded_postgres import DatabaseUrls
from tests.world import Organization, World


@pytest.fixture
async def database(world: World, organization: Organization) -> Database:
    await sequence_all(world.kpi_api.database)
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
        await sequence_all(database)
        assert await feed(database, organization) == [(start + 1, "quick")]
    await sequence_all(database)
    assert await feed(database, organization, after=start + 1) == [(start + 2, "slow")]


async def test_what_was_rolled_back_leaves_no_gap(database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    await record(database, organization, "first")
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with database.write(organization.id) as session:
            await events.record(session, "note.made", "note", new_id(), name="never")
            raise RuntimeError
    await record(database, organization, "second")
    await sequence_all(database)
    assert await feed(database, organization) == [(start + 1, "first"), (start + 2, "second")]


async def test_sequencers_that_run_at_once_number_each_event_once(database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    for place in range(20):
        await record(database, organization, str(place))
    await asyncio.gather(*(sequence_all(database) for _ in range(5)))
    assert await feed(database, organization) == [(start + 1 + place, str(place)) for place in range(20)]


async def test_numbers_belong_to_one_organization(world: World, database: Database, organization: Organization) -> None:
    other = await world.new_organization()
    for owner in (organization, other):
        await record(database, owner, "one")
    await sequence_all(database)
    assert [number for number, _ in await feed(database, other)] == [await last(database, other)]


async def test_the_feed_is_read_in_pages_and_by_type(world: World, database: Database, organization: Organization) -> None:
    start = await last(database, organization)
    for place in range(3):
        await record(database, organization, str(place))
    await sequence_all(database)
    client = (await organization.admin()).kpi_api
    page = (await client.get("/v1/events", params={"after": start, "limit": 2})).json()
    assert ([event["number"] for event in page["events"]], page["last_number"]) == ([start + 1, start + 2], start + 3)
    rest = (await client.get("/v1/events", params={"after": start + 2})).json()
    assert [event["data"]["name"] for event in rest["events"]] == ["2"]
    assert (await client.get("/v1/events", params={"type": "note.unknown"})).json()["events"] == []


async def audited(database: Database, organization: Organization, count: int) -> list[str]:
    async with database.write(organization.id) as session:
        for place in range(count):
            await audit.record(session, "test", "read", "note", new_id(), place=place)
    await sequence_all(database)
    async with database.read(organization.id) as session:
        return [str(id_) for id_ in await session.scalars(text("SELECT id FROM audit_links ORDER BY number DESC LIMIT :n"), {"n": count})][
            ::-1
        ]


async def test_an_untouched_chain_holds(database: Database, organization: Organization) -> None:
    await audited(database, organization, 5)
    await audited(database, organization, 2)
    async with database.write(organization.id) as session:
        assert await verify_chain(session) == []


@pytest.mark.parametrize(
    ("tampering", "wrong"),
    [
        ("UPDATE audit_records SET actor = 'somebody else' WHERE id = '{victim}'", "changed or moved"),
        ("UPDATE audit_records SET facts = '{{}}' WHERE id = '{victim}'", "changed or moved"),
        ("DELETE FROM audit_records WHERE id = '{victim}'", "is missing"),
    ],
)
async def test_the_chain_names_the_record_that_was_changed(
    database: Database, organization: Organization, database_urls: DatabaseUrls, tampering: str, wrong: str
) -> None:
    victim = (await audited(database, organization, 3))[1]
    owner = await asyncpg.connect(database_urls.kpi_api_owner)
    try:
        async with owner.transaction():
            await owner.execute("ALTER TABLE audit_records DISABLE TRIGGER append_only")
            await owner.execute("SELECT open_transaction($1)", organization.id)
            assert (await owner.execute(tampering.format(victim=victim))).endswith(" 1")
            await owner.execute("ALTER TABLE audit_records ENABLE TRIGGER append_only")
    finally:
        await owner.close()
    async with database.write(organization.id) as session:
        [sentence] = await verify_chain(session)
    assert victim in sentence
    assert wrong in sentence


async def test_a_removed_link_is_noticed(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    victim = (await audited(database, organization, 3))[1]
    owner = await asyncpg.connect(database_urls.kpi_api_owner)
    try:
        async with owner.transaction():
            await owner.execute("ALTER TABLE audit_links DISABLE TRIGGER append_only")
            await owner.execute("SELECT open_transaction($1)", organization.id)
            await owner.execute("DELETE FROM audit_links WHERE id = $1::uuid", victim)
            await owner.execute("ALTER TABLE audit_links ENABLE TRIGGER append_only")
    finally:
        await owner.close()
    async with database.write(organization.id) as session:
        assert len(await verify_chain(session)) == 2, "the gap, and the link after it"
