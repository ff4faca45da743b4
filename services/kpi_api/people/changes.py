"""Telling the rest of Sightline who changed: `person.changed`, `employment.changed` and `unit.changed`.

The data of each is `person_ids`, null for "too many to name: look at everybody". Of an employment, all below are named too, since their
reporting lines changed with it.
"""

from collections.abc import Collection
from uuid import UUID

from chassis import events
from chassis.database import WriteSession

MAX_NAMED = 1000


async def record_person_changed(session: WriteSession, person_ids: Collection[UUID]) -> None:
    await _record(session, "person.changed", person_ids)


async def record_employment_changed(session: WriteSession, person_ids: Collection[UUID]) -> None:
    await _record(session, "employment.changed", person_ids)


async def record_unit_changed(session: WriteSession, unit_id: UUID, person_ids: Collection[UUID] | None) -> None:
    """A unit got another head (`person_ids`: the one before and the one now) or another parent (None: everybody's)."""
    named = None if person_ids is None else sorted(map(str, person_ids))
    await events.record(session, "unit.changed", "unit", unit_id, person_ids=named)


async def _record(session: WriteSession, type_: str, person_ids: Collection[UUID]) -> None:
    if len(person_ids) == 1:
        (person_id,) = person_ids
        await events.record(session, type_, "person", person_id, person_ids=[str(person_id)])
    elif person_ids:
        named = sorted(str(person_id) for person_id in person_ids) if len(person_ids) <= MAX_NAMED else None
        await events.record(session, type_, "organization", session.organization_id, person_ids=named)
