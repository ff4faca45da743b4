"""The chain of audit records: each link's digest covers the record and the link before it, so that a later change shows.

The sequencer extends the chain after commit. `verify` reads it in one snapshot, in batches, and names what is wrong. What the chain proves,
and what an owner of the tables could still do, stands in docs/audit.md.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from chassis.audit.records import AuditHead, AuditLink, record_body
from chassis.audit.seals import AuditKeys, head_seal, key_of_head, key_of_link, link_seal
from chassis.database import ReadSession, WriteSession

BATCH = 2000
NAMED = 1000


def link_digest(previous: str, record: Any) -> str:
    """sha256 over the previous digest and the record's canonical JSON."""
    return hashlib.sha256(previous.encode() + b"\n" + record_body(record)).hexdigest()


RECORDS = text(
    """
    SELECT id, actor, action, subject_type, subject_id, facts, occurred_at FROM audit_records
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[])) ORDER BY id
    """
).columns(facts=JSONB)

LINK = text(
    """
    INSERT INTO audit_links (organization_id, id, number, digest, previous_digest, seal)
    SELECT :organization_id, id, CAST(:last AS bigint) + place, digest, previous, seal
    FROM unnest(CAST(:ids AS uuid[]), CAST(:digests AS text[]), CAST(:previous AS text[]), CAST(:seals AS text[]))
      WITH ORDINALITY AS linked (id, digest, previous, seal, place)
    """
)


async def extend_chain(session: WriteSession, record_ids: Sequence[UUID], keys: AuditKeys, *, begin_sealed: bool = False) -> None:
    """Link committed records to the end of the organization's chain. The caller holds the sequencer's lock.

    A chain whose head has no right seal goes on without seals: to give it one would make a forgery look honest. `begin_sealed` gives it one
    all the same, on the operator's word.
    """
    if not record_ids:
        return
    own = {"organization_id": session.organization_id}
    last, digest, sealed = await _end(session, keys)
    key = keys.newest if sealed or begin_sealed else None
    linked: list[UUID] = []
    digests = [digest]
    for record in await session.execute(RECORDS, {**own, "ids": list(record_ids)}):
        linked.append(record.id)
        digests.append(link_digest(digests[-1], record))
    if linked:
        seals = [link_seal(key, session.organization_id, digest) if key else None for digest in digests[1:]]
        links = {"ids": linked, "last": last, "digests": digests[1:], "previous": digests[:-1], "seals": seals}
        await session.execute(LINK, {**own, **links})
        await _move_head(session, last + len(linked), digests[-1], key)


async def _move_head(session: WriteSession, number: int, digest: str, key: bytes | None) -> None:
    head = {"number": number, "digest": digest, "seal": head_seal(key, session.organization_id, number, digest) if key else None}
    own = {"organization_id": session.organization_id}
    await session.execute(insert(AuditHead).values(**own, **head).on_conflict_do_update(index_elements=["organization_id"], set_=head))


async def _end(session: WriteSession, keys: AuditKeys) -> tuple[int, str, bool]:
    """Number and digest to go on from, and whether with seals: the head's number, so that links cut off at the end leave a gap; and past
    any number that is taken."""
    last = (await session.scalars(select(AuditLink).order_by(AuditLink.number.desc()).limit(1))).first()
    head = await session.get(AuditHead, session.organization_id)
    if head is not None:
        key = key_of_head(keys, session.organization_id, head.number, head.digest, head.seal)
        return max(head.number, last.number if last else 0), head.digest, key is not None
    return (last.number, last.digest, False) if last else (0, "", True)


Kind = Literal["missing", "changed", "out_of_place", "unlinked", "cut_off", "wrong_head", "head_not_found", "wrong_seal", "unsealed"]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a chain: at which place, with which record, in words."""

    kind: Kind
    message: str
    number: int | None = None
    record_id: UUID | None = None


@dataclass
class Verification:
    """What `verify` found. `faults` holds the first thousand of `fault_count`; `unchained` records wait for the sequencer."""

    organization_id: UUID
    links: int = 0
    head_number: int = 0
    head_digest: str = ""
    unchained: int = 0
    oldest_unchained: timedelta | None = None
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.fault_count += 1
        if len(self.faults) < NAMED:
            self.faults.append(fault)


# One stream over the whole chain, so that memory stays the same for any length.
LINKS = text(
    """
    SELECT l.number, l.id AS link_id, l.digest, l.previous_digest, l.seal,
      r.id, r.actor, r.action, r.subject_type, r.subject_id, r.facts, r.occurred_at
    FROM audit_links l LEFT JOIN audit_records r ON r.organization_id = l.organization_id AND r.id = l.id
    WHERE l.organization_id = :organization_id ORDER BY l.number
    """
).columns(facts=JSONB)

UNLINKED = text(
    """
    SELECT r.id, r.occurred_at,
      EXISTS (SELECT 1 FROM unsequenced u WHERE u.organization_id = r.organization_id AND u.kind = 'audit' AND u.id = r.id) AS waits
    FROM audit_records r LEFT JOIN audit_links l ON l.organization_id = r.organization_id AND l.id = r.id
    WHERE r.organization_id = :organization_id AND l.id IS NULL ORDER BY r.id
    """
)


async def verify(session: ReadSession, keys: AuditKeys, *, expected_head: str | None = None) -> Verification:
    """Verify the organization's chain. The session should be a snapshot, since the sequencer goes on meanwhile.

    `expected_head` is a head's digest noted earlier: the chain must still hold it.
    """
    found = Verification(session.organization_id)
    walk = _Walk(session.organization_id, keys, expected_head)
    async for row in await session.stream(LINKS, {"organization_id": session.organization_id}, execution_options={"yield_per": BATCH}):
        found.links += 1
        for fault in walk.step(row):
            found.add(fault)
    await _verify_head(session, found, walk)
    if not walk.met_expected:
        found.add(Fault("head_not_found", f"No link has the digest {expected_head} any more: the chain was rewritten or cut off."))
    await _look_at_unlinked(session, found)
    return found


class _Walk:
    """Walks the links in their order and says at each what is wrong."""

    def __init__(self, organization_id: UUID, keys: AuditKeys, expected_head: str | None) -> None:
        self.organization_id = organization_id
        self.keys = keys  # those that may come yet: an older key never follows a newer one
        self.sealed = False  # whether a link with a seal was met
        self.expected_head = expected_head
        self.met_expected = expected_head is None
        self.number, self.digest = 0, ""
        self._record_id: UUID | None = None
        self._before, self._named = "", False

    def step(self, link: Any) -> Iterator[Fault]:
        if link.number != self.number + 1:
            gap = f"number {self.number + 1}" if link.number == self.number + 2 else f"numbers {self.number + 1} to {link.number - 1}"
            yield Fault("missing", f"There is no link with {gap}.", number=self.number + 1)
            self._named = False
        elif link.previous_digest != self.digest:
            yield from self._out_of_place(link)
        else:
            self._named = False
        if link.id is None:
            yield Fault("missing", f"The record {link.link_id} at {link.number} is missing.", link.number, link.link_id)
        elif link.digest != link_digest(link.previous_digest, link):
            yield Fault("changed", f"The record {link.link_id} at {link.number} was changed.", link.number, link.link_id)
        yield from self._wrong_seal(link)
        self._before, self.number, self.digest, self._record_id = self.digest, link.number, link.digest, link.link_id
        self.met_expected = self.met_expected or link.digest == self.expected_head

    def _wrong_seal(self, link: Any) -> Iterator[Fault]:
        """The key of a right seal is the oldest that may come from here on."""
        if link.seal is None:
            if self.sealed:
                yield Fault("unsealed", f"The link at {link.number} has no seal, though one before it has.", link.number, link.link_id)
            return
        self.sealed = True
        key = key_of_link(self.keys, self.organization_id, link.digest, link.seal)
        if key is None:
            yield Fault("wrong_seal", f"The seal at {link.number} is not ours: the link was written anew.", link.number, link.link_id)
        else:
            self.keys = self.keys.since(key)

    def _out_of_place(self, link: Any) -> Iterator[Fault]:
        """A link that follows the last but one is in its place, and the last one is not: it was put in, or moved there."""
        last_is_wrong = link.previous_digest == self._before and self.number > 0
        number, record_id = (self.number, self._record_id) if last_is_wrong else (link.number, link.link_id)
        if not (last_is_wrong and self._named):
            message = f"The record {record_id} at {number} does not follow the one before it: it was moved or put in, or one was taken out."
            yield Fault("out_of_place", message, number, record_id)
        self._named = not last_is_wrong


async def _verify_head(session: ReadSession, found: Verification, walk: _Walk) -> None:
    head = await session.get(AuditHead, session.organization_id)
    found.head_number, found.head_digest = (head.number, head.digest) if head else (0, "")
    if found.head_number > walk.number:
        message = f"The chain ends at {walk.number}, but {found.head_number} links were made: the last ones were cut off."
        found.add(Fault("cut_off", message, number=walk.number + 1))
    elif (found.head_number, found.head_digest) != (walk.number, walk.digest):
        message = f"The chain ends at {walk.number} with {walk.digest}, its head says {found.head_number} with {found.head_digest}."
        found.add(Fault("wrong_head", message, number=walk.number))
    elif walk.sealed and not key_of_head(walk.keys, walk.organization_id, walk.number, walk.digest, head.seal if head else None):
        found.add(Fault("wrong_head", "The head has no right seal: it was set back, or written anew.", number=walk.number))
    elif walk.number and not walk.sealed:
        reason = "it is older than seals (then `sightline audit seal` gives it one), or it was written anew"
        found.add(Fault("unsealed", f"The chain has no seal: {reason}.", number=walk.number))


async def _look_at_unlinked(session: ReadSession, found: Verification) -> None:
    """Records outside the chain: those that wait for the sequencer are counted, others were put in past it."""
    oldest: datetime | None = None
    async for row in await session.stream(UNLINKED, {"organization_id": session.organization_id}, execution_options={"yield_per": BATCH}):
        if row.waits:
            found.unchained += 1
            oldest = min(oldest or row.occurred_at, row.occurred_at)
        else:
            message = f"The record {row.id} stands in no chain and waits for none: it was put in from outside, or its link was removed."
            found.add(Fault("unlinked", message, record_id=row.id))
    found.oldest_unchained = session.now - oldest if oldest else None
