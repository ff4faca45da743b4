"""Erasing somebody who has left: what tells who they were goes, their opaque id stays, so that what others did and what was paid adds up.

One hr_admin asks, another does it by asking for the same. Where there is no other, the first does it alone, and it says so. Domains above
people may have reasons to wait, which `CHECKS` names; the application fills it when it starts.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select, text

from chassis import audit, events, idempotency
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.personal_data import erase_records
from chassis.problems import NotFound
from chassis.service import Resources
from kpi_api.access.second_person import somebody_else_could_approve
from kpi_api.access.sight import sees_person
from kpi_api.people import reporting
from kpi_api.people.models import Person
from kpi_api.people.privacy.holdings import HOLDINGS, tables
from kpi_api.people.privacy.models import Erasure
from kpi_api.people.privacy.problems import OtherReason, StillHere

Check = Callable[[Viewer, Resources, UUID], Awaitable[None]]
"""Raises the problem for which the person may not be erased yet."""

CHECKS: list[Check] = []

END_GRANTS = text(
    """
    UPDATE grants SET valid_to = greatest(valid_from, :today)
    WHERE organization_id = :organization_id AND person_id = :person_id AND (valid_to IS NULL OR valid_to > :today)
    """
)
END_DELEGATIONS = text(
    """
    UPDATE delegations SET valid_to = greatest(valid_from, :today)
    WHERE organization_id = :organization_id AND :person_id IN (delegator_id, delegate_id) AND valid_to > :today
    """
)
MARK = text("UPDATE persons SET erased_at = :now, active = false WHERE organization_id = :organization_id AND id = :person_id")


async def require_erasable(viewer: Viewer, session: ReadSession, resources: Resources, person_id: UUID) -> None:
    """Ask the domains above, before anything is locked, since they may ask another service. Raises NotAllowed, NotFound, StillHere, and
    what the checks raise."""
    viewer.require("people.erase")
    viewer.require_person()
    person = await session.scalar(select(Person).where(Person.id == person_id, sees_person(viewer, Person.id)))
    if person is None:
        raise NotFound()
    if person.erased_at is None:
        _require_left(session, person)
        for check in CHECKS:
            await check(viewer, resources, person_id)


async def erase(viewer: Viewer, session: WriteSession, person_id: UUID, reason: str, *, although_pay_is_due: bool = False) -> Erasure:
    """Ask for the erasure of somebody, or do what another hr_admin has asked for. Again is harmless. That it is done although pay is due is
    recorded. Raises NotAllowed, NotFound, StillHere, OtherReason.
    """
    viewer.require("people.erase")
    viewer.require_person()
    await reporting.lock(session)  # nobody is imported meanwhile
    wanted = select(Person).where(Person.id == person_id, sees_person(viewer, Person.id)).with_for_update()
    person = await session.scalar(wanted.execution_options(populate_existing=True))
    if person is None:
        raise NotFound()
    if although_pay_is_due and person.erased_at is None:
        await audit.record(session, viewer.subject, "person.erasure_although_pay_is_due", "person", person_id)
    asked = await session.get(Erasure, (viewer.organization_id, person_id)) or await _ask(viewer, session, person, reason)
    if asked.reason != reason:
        raise OtherReason(f"The erasure was asked for as {asked.reason}. Ask for the same.", field="/reason")
    if asked.erased_at is None and (asked.alone or asked.requested_by != viewer.subject):
        await _erase(viewer, session, asked)
    return asked


def _require_left(session: ReadSession, person: Person) -> None:
    if person.termination_date is None or person.termination_date >= session.today:
        raise StillHere("Only who has left is erased. State the last day first, by POST /v1/people/{id}/leave.")


async def _ask(viewer: Viewer, session: WriteSession, person: Person, reason: str) -> Erasure:
    _require_left(session, person)
    alone = not await somebody_else_could_approve(viewer, session, "people.erase", [person.id])
    asked = Erasure(
        id=person.id, reason=reason, requested_by=viewer.subject, requested_at=session.now, approved_by=None, erased_at=None, alone=alone
    )
    session.add(asked)
    await audit.record(session, viewer.subject, "person.erasure_requested", "person", person.id, reason=reason, alone=alone)
    return asked


async def _erase(viewer: Viewer, session: WriteSession, asked: Erasure) -> None:
    person_id = asked.id
    keys = {"organization_id": session.organization_id, "person_id": person_id}
    asked.approved_by, asked.erased_at = viewer.subject, session.now
    await session.flush()
    for statement in (END_GRANTS, END_DELEGATIONS):
        await session.execute(statement, {**keys, "today": session.today})
    await erase_records(session, HOLDINGS, tables(), person_id)
    await session.execute(MARK, {**keys, "now": session.now})
    await session.refresh(asked)
    await idempotency.forget_answers(session)
    await audit.record(session, viewer.subject, "person.erased", "person", person_id, reason=asked.reason, alone=asked.alone)
    await events.record(session, "person.erased", "person", person_id, person_ids=[str(person_id)])
