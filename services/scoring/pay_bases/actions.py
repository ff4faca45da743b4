"""Writing pay bases: an import is checked row by row against the file and against what is stored, then written in one go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, insert, literal, select, text, update

from chassis import audit
from chassis.access import Viewer
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.tabular import Rows
from scoring.pay_bases.candidates import Candidate, read_candidates, refuse_overlaps, remaining_gaps, wrong
from scoring.pay_bases.models import PayBasis
from scoring.pay_bases.schemas import ImportResult, PayBasisRow
from scoring.people.models import Person

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('pay_bases:' || :id, 0))")


async def import_pay_bases(viewer: Viewer, session: WriteSession, rows: Rows) -> ImportResult:
    """Add pay bases, or correct those that begin on the same day; the same row again is `unchanged`.

    A row in error is named and stops only itself: unknown person, wrong value, the same first day twice in the file, or an overlap with
    another basis of the person (end the earlier one by sending it again with `valid_to`). Raises NotAllowed.
    """
    viewer.require("pay_bases.write")
    await session.execute(LOCK, {"id": str(session.organization_id)})
    read, failed = read_candidates(rows)
    candidates, unknown = await _find_people(session, read)
    stored = await _stored(session, {candidate.person_id for candidate in candidates})
    accepted, refused = refuse_overlaps(candidates, stored)
    written = await _write(viewer, session, accepted)
    result = BulkResult.of([*failed, *unknown, *refused, *written])
    return ImportResult(**result.model_dump(), gaps=remaining_gaps(accepted, stored))


async def _find_people(session: WriteSession, read: Mapping[int, PayBasisRow]) -> tuple[list[Candidate], list[RowResult]]:
    wanted = {content.external_id for content in read.values()}
    statement = select(Person.external_id, Person.id).where(Person.external_id == any_(literal(sorted(wanted), ARRAY(Text))))
    people = dict((await session.execute(statement)).all())
    found = [Candidate(row, content, people[content.external_id]) for row, content in read.items() if content.external_id in people]
    unknown = [
        wrong(row, "external_id", "unknown_person", f"Nobody here has the external id {content.external_id!r}. Push people first.")
        for row, content in read.items()
        if content.external_id not in people
    ]
    return found, unknown


async def _stored(session: WriteSession, people: set[UUID]) -> dict[UUID, list[PayBasis]]:
    stored: dict[UUID, list[PayBasis]] = defaultdict(list)
    for basis in await session.scalars(select(PayBasis).where(PayBasis.person_id == any_(literal(sorted(people), ARRAY(Uuid))))):
        stored[basis.person_id].append(basis)
    return stored


async def _write(viewer: Viewer, session: WriteSession, accepted: Sequence[Candidate]) -> list[RowResult]:
    changed = {candidate.row: changes for candidate in accepted if candidate.stored and (changes := candidate.changes())}
    for candidate in accepted:
        if candidate.stored and candidate.row in changed:
            await _update(session, candidate.stored, changed[candidate.row])
    new = [candidate for candidate in accepted if candidate.stored is None]
    ids = {candidate.row: new_id() for candidate in new}
    if new:
        await session.execute(insert(PayBasis), [_values(session, ids[candidate.row], candidate) for candidate in new])
    touched = sorted({candidate.person_id for candidate in accepted if candidate.row in changed or candidate.row in ids})
    if touched:
        await audit.record_all(session, viewer.subject, "pay_basis.changed", "person", touched)
    return [_written(candidate, ids, changed) for candidate in accepted]


def _written(candidate: Candidate, ids: Mapping[int, UUID], changed: Mapping[int, object]) -> RowResult:
    if candidate.stored is None:
        return RowResult(row=candidate.row, status="created", id=ids[candidate.row])
    return RowResult(row=candidate.row, status="updated" if candidate.row in changed else "unchanged", id=candidate.stored.id)


async def _update(session: WriteSession, stored: PayBasis, changes: dict[str, Any]) -> None:
    await session.execute(
        update(PayBasis)
        .where(PayBasis.organization_id == session.organization_id, PayBasis.id == stored.id)
        .values(**changes, version=PayBasis.version + 1)
    )


def _values(session: WriteSession, id_: UUID, candidate: Candidate) -> dict[str, Any]:
    key = {"organization_id": session.organization_id, "id": id_, "version": 1}
    return {**key, "person_id": candidate.person_id, "valid_from": candidate.valid_from, **candidate.facts()}
