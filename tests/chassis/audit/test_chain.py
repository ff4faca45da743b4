"""The audit chain names what was changed, removed, moved or put in behind its back, and knows its own end."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text

from chassis import audit
from chassis.audit.chain import Verification, link_digest, verify
from chassis.audit.records import AuditLink, AuditRecord
from chassis.audit.seals import AuditKeys, head_seal, link_seal
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.sequencer import seal_chain, sequence_all
from sightline.embedded_postgres import DatabaseUrls
from tests.world import Organization, World


@pytest.fixture
async def database(world: World, organization: Organization) -> Database:
    await sequence_all(world.kpi_api.database, world.kpi_api.audit_keys)
    return world.kpi_api.database


async def record(database: Database, organization: Organization, count: int) -> None:
    async with database.write(organization.id) as session:
        await audit.record_all(session, "test", "note.read", "note", [new_id() for _ in range(count)], place="here")


async def chained(database: Database, organization: Organization, count: int) -> list[str]:
    """The ids of so many new records, in the order of the chain."""
    await record(database, organization, count)
    await sequence_all(database, organization.world.kpi_api.audit_keys)
    async with database.read(organization.id) as session:
        last = text("SELECT id FROM audit_links ORDER BY number DESC LIMIT :count")
        return [str(id_) for id_ in await session.scalars(last, {"count": count})][::-1]


async def verified(database: Database, organization: Organization, expected_head: str | None = None) -> Verification:
    async with database.read(organization.id, snapshot=True) as session:
        return await verify(session, organization.world.kpi_api.audit_keys, expected_head=expected_head)


async def tamper(urls: DatabaseUrls, organization: Organization, *statements: str) -> None:
    """What an owner of the tables can do: the triggers do not hold them."""
    owner = await asyncpg.connect(urls.kpi_api_owner)
    try:
        async with owner.transaction():
            for table in ("audit_records", "audit_links"):
                await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
            await owner.execute("SELECT open_transaction($1)", organization.id)
            for statement in statements:
                assert (await owner.execute(statement)).split()[-1] == "1", statement
            for table in ("audit_records", "audit_links"):
                await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    finally:
        await owner.close()


def told(found: Verification) -> list[tuple[str, str | None]]:
    return [(fault.kind, str(fault.record_id) if fault.record_id else None) for fault in found.faults]


async def test_an_untouched_chain_holds_and_names_its_head(database: Database, organization: Organization) -> None:
    before = await verified(database, organization)
    await chained(database, organization, 5)
    await chained(database, organization, 2)
    found = await verified(database, organization, expected_head=before.head_digest)
    assert (told(found), found.links, found.head_number) == ([], before.links + 7, before.head_number + 7)
    assert (found.unchained, found.oldest_unchained) == (0, None)


async def test_the_unchained_tail_is_counted_with_its_age(database: Database, organization: Organization) -> None:
    before = await verified(database, organization)
    await record(database, organization, 3)
    found = await verified(database, organization)
    assert (told(found), found.unchained, found.links) == ([], 3, before.links)
    assert found.oldest_unchained is not None
    assert timedelta() < found.oldest_unchained < timedelta(minutes=1)


MOVE = "UPDATE audit_links SET number = number + {by} WHERE id = '{id}'"
REMOVE = "DELETE FROM audit_{table} WHERE id = '{id}'"
RECORD = "UPDATE audit_records SET {change} WHERE id = '{{1}}'"


def removal(id_: str) -> list[str]:
    return [REMOVE.format(table=table, id=id_) for table in ("records", "links")]


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        ([RECORD.format(change="actor = 'somebody else'")], [("changed", 1)]),
        ([RECORD.format(change="facts = '{{}}'")], [("changed", 1)]),
        ([RECORD.format(change="subject_id = organization_id")], [("changed", 1)]),
        ([RECORD.format(change="occurred_at = occurred_at - interval '1 microsecond'")], [("changed", 1)]),
        (["DELETE FROM audit_records WHERE id = '{1}'"], [("missing", 1)]),
        (["DELETE FROM audit_records WHERE id = '{1}'", "DELETE FROM audit_links WHERE id = '{1}'"], [("missing", None)]),
        (["DELETE FROM audit_links WHERE id = '{1}'"], [("missing", None), ("unlinked", 1)]),
    ],
)
async def test_a_changed_or_missing_record_is_named(
    database: Database, organization: Organization, database_urls: DatabaseUrls, statements: list[str], faults: list[tuple[str, int | None]]
) -> None:
    ids = await chained(database, organization, 4)
    await tamper(database_urls, organization, *(statement.format(*ids) for statement in statements))
    assert told(await verified(database, organization)) == [(kind, None if place is None else ids[place]) for kind, place in faults]


async def test_two_that_were_swapped_are_named(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    ids = await chained(database, organization, 4)
    # When the second and the third change places.
    steps = [MOVE.format(by=1_000_000, id=ids[1]), MOVE.format(by=-1, id=ids[2]), MOVE.format(by=1 - 1_000_000, id=ids[1])]
    await tamper(database_urls, organization, *steps)
    # Then both are named, and their neighbours are not.
    assert sorted(told(await verified(database, organization))) == sorted([("out_of_place", ids[1]), ("out_of_place", ids[2])])


async def test_a_gap_that_was_closed_is_noticed(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    ids = await chained(database, organization, 4)
    await tamper(database_urls, organization, *removal(ids[1]), *(MOVE.format(by=-1, id=id_) for id_ in ids[2:]))
    assert told(await verified(database, organization)) == [("out_of_place", ids[2]), ("cut_off", None)]


INSERT_LINK = (
    "INSERT INTO audit_links (organization_id, id, number, digest, previous_digest, seal)"
    " SELECT organization_id, '{id}', number + 1, '{digest}', digest, '{seal}' FROM audit_links WHERE id = '{after}'"
)
INSERT = (
    "INSERT INTO audit_records SELECT organization_id, '{id}', actor, action, subject_type, subject_id, facts, occurred_at"
    " FROM audit_records WHERE id = '{like}'"
)


async def test_a_record_that_was_put_in_is_named(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    # Given a record that never passed the sequencer.
    ids = await chained(database, organization, 3)
    forged = str(new_id())
    await tamper(database_urls, organization, INSERT.format(id=forged, like=ids[1]))
    assert told(await verified(database, organization)) == [("unlinked", forged)]


async def test_a_link_that_was_put_in_is_named(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    # Given a forged record whose link is right in itself, as somebody with the key can make it, and room made for it.
    ids = await chained(database, organization, 3)
    forged = new_id()
    await tamper(database_urls, organization, INSERT.format(id=forged, like=ids[0]))
    digest = await digest_after(database, organization, forged, ids[0])
    seal = link_seal(organization.world.kpi_api.audit_keys.newest, organization.id, digest)
    room = [MOVE.format(by=1, id=id_) for id_ in reversed(ids[1:])]
    await tamper(database_urls, organization, *room, INSERT_LINK.format(id=forged, digest=digest, seal=seal, after=ids[0]))
    # Then it is named, and that the head knows of one link fewer.
    assert told(await verified(database, organization)) == [("out_of_place", str(forged)), ("wrong_head", None)]


async def digest_after(database: Database, organization: Organization, record_id: UUID, after: str) -> str:
    async with database.read(organization.id) as session:
        previous = await session.get_one(AuditLink, (organization.id, UUID(after)))
        record = await session.get_one(AuditRecord, (organization.id, record_id))
        return link_digest(previous.digest, record)


async def test_links_cut_off_at_the_end_are_missed_and_stay_so(
    database: Database, organization: Organization, database_urls: DatabaseUrls
) -> None:
    ids = await chained(database, organization, 3)
    await tamper(database_urls, organization, *removal(ids[1]), *removal(ids[2]))
    assert told(await verified(database, organization)) == [("cut_off", None)]
    # And the chain goes on behind the gap.
    await chained(database, organization, 2)
    assert told(await verified(database, organization)) == [("missing", None)]


HEAD = (
    "UPDATE audit_heads h SET number = l.number, digest = l.digest, seal = {seal} FROM audit_links l"
    " WHERE l.id = '{id}' AND h.organization_id = l.organization_id"
)


async def test_a_head_that_was_set_back_is_noticed(database: Database, organization: Organization, database_urls: DatabaseUrls) -> None:
    # Given an owner who cuts the chain and puts a fitting head on it.
    [first, last] = await chained(database, organization, 2)
    await tamper(database_urls, organization, *removal(last), HEAD.format(id=first, seal="h.seal"))
    # Then the seal tells, also once the chain went on.
    assert told(await verified(database, organization)) == [("wrong_head", None)]
    [later] = await chained(database, organization, 1)
    assert told(await verified(database, organization)) == [("unsealed", later), ("wrong_head", None)]


async def test_a_chain_taken_back_to_an_earlier_state_no_longer_holds_the_head_noted_before(
    database: Database, organization: Organization, database_urls: DatabaseUrls
) -> None:
    # Given a head that an auditor noted, and an owner who puts back what a backup has of an earlier one.
    noted = (await verified(database, organization)).head_digest
    [first] = await chained(database, organization, 1)
    async with database.read(organization.id) as session:
        seal = await session.scalar(text("SELECT seal FROM audit_heads"))
    [last] = await chained(database, organization, 1)
    later = (await verified(database, organization)).head_digest
    await tamper(database_urls, organization, *removal(last), HEAD.format(id=first, seal=f"'{seal}'"))
    # Then the chain holds in itself, and the noted head tells.
    assert told(await verified(database, organization)) == []
    assert told(await verified(database, organization, expected_head=noted)) == []
    assert told(await verified(database, organization, expected_head=later)) == [("head_not_found", None)]


async def rewritten(database: Database, organization: Organization, urls: DatabaseUrls, key: bytes | None) -> list[str]:
    """The whole chain written anew, head included, as the owner of the tables can: without a key, or with one of their own."""
    async with database.read(organization.id) as session:
        of_chain = select(AuditRecord).join(AuditLink, AuditLink.id == AuditRecord.id).order_by(AuditLink.number)
        records = (await session.scalars(of_chain)).all()
    statements, digest = [], ""
    for record in records:
        made = link_digest(digest, record)
        seal = f"'{link_seal(key, organization.id, made)}'" if key else "NULL"
        change = f"digest = '{made}', previous_digest = '{digest}', seal = {seal}"
        statements.append(f"UPDATE audit_links SET {change} WHERE id = '{record.id}'")  # noqa: S608
        digest = made
    seal = f"'{head_seal(key, organization.id, len(records), digest)}'" if key else "NULL"
    await tamper(urls, organization, *statements, HEAD.format(id=records[-1].id, seal=seal))
    return [str(record.id) for record in records]


async def test_a_chain_written_anew_without_seals_is_noticed_also_when_it_went_on(
    database: Database, organization: Organization, database_urls: DatabaseUrls
) -> None:
    [changed] = await chained(database, organization, 1)
    await tamper(database_urls, organization, f"UPDATE audit_records SET actor = 'x' WHERE id = '{changed}'")  # noqa: S608
    await rewritten(database, organization, database_urls, None)
    assert told(await verified(database, organization)) == [("unsealed", None)]
    # And the sequencer does not lend its key to the forgery.
    await chained(database, organization, 2)
    assert told(await verified(database, organization)) == [("unsealed", None)]


async def test_a_chain_written_anew_with_another_key_is_noticed(
    database: Database, organization: Organization, database_urls: DatabaseUrls
) -> None:
    await chained(database, organization, 2)
    ids = await rewritten(database, organization, database_urls, b"f" * 32)
    assert told(await verified(database, organization)) == [*(("wrong_seal", id_) for id_ in ids), ("wrong_head", None)]


async def test_a_chain_from_before_seals_is_verified_and_gets_them_on_the_operators_word(
    database: Database, organization: Organization, database_urls: DatabaseUrls
) -> None:
    # Given a chain as it was before there were seals.
    await chained(database, organization, 2)
    ids = await rewritten(database, organization, database_urls, None)
    await seal_chain(database, organization.id, organization.world.kpi_api.audit_keys)
    await chained(database, organization, 1)
    found = await verified(database, organization)
    assert (told(found), found.links, found.unchained) == ([], len(ids) + 2, 0)
    # Then what has no seal is still proven, and nothing without one may follow.
    await tamper(database_urls, organization, RECORD.format(change="actor = 'x'").format("", ids[0]))
    assert told(await verified(database, organization)) == [("changed", ids[0])]
    [last] = await chained(database, organization, 1)
    await tamper(database_urls, organization, f"UPDATE audit_links SET seal = NULL WHERE id = '{last}'")  # noqa: S608
    assert told(await verified(database, organization)) == [("changed", ids[0]), ("unsealed", last)]


async def test_former_keys_prove_what_they_made_and_nothing_later(database: Database, organization: Organization) -> None:
    former = organization.world.kpi_api.audit_keys
    both = AuditKeys((*former.keys, b"n" * 32))
    await record(database, organization, 2)
    await sequence_all(database, both)

    async def told_by(keys: AuditKeys) -> set[str]:
        async with database.read(organization.id, snapshot=True) as session:
            return {kind for kind, _ in told(await verify(session, keys))}

    assert await told_by(both) == set()
    assert await told_by(former) == {"wrong_seal", "wrong_head"}
    # When somebody has the former key and puts it after the newer one
    await record(database, organization, 1)
    await sequence_all(database, AuditKeys((b"n" * 32, *former.keys)))
    assert await told_by(both) == {"wrong_seal", "wrong_head"}


async def test_the_service_can_neither_change_nor_remove(database: Database, organization: Organization) -> None:
    await chained(database, organization, 1)
    for statement in ("UPDATE audit_records SET actor = 'x'", "DELETE FROM audit_links", "TRUNCATE audit_records"):
        with pytest.raises(Exception, match=r"append-only|permission denied"):
            async with database.write(organization.id) as session:
                await session.execute(text(statement))
