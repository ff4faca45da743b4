"""Erasing somebody whom the system that owns people has erased. Pay stays, under the opaque id; the bytes of locked payroll batches follow
by a job (`payroll.jobs`), which the event causes."""

from collections.abc import Collection
from uuid import UUID

from chassis import audit, events, idempotency
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.personal_data import erase_records
from scoring.people.privacy.holdings import HOLDINGS, tables


async def erase(viewer: Viewer, session: WriteSession, person_ids: Collection[UUID]) -> None:
    """Empty what tells who these people were, in the caller's transaction."""
    for person_id in sorted(person_ids):
        await erase_records(session, HOLDINGS, tables(), person_id)
        await audit.record(session, viewer.subject, "person.erased", "person", person_id)
        await events.record(session, "person.erased", "person", person_id)
    if person_ids:
        await idempotency.forget_answers(session)
