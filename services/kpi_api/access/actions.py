"""Giving, approving and ending roles. Only an hr_admin does it, never to themselves; each change is audited.

A grant holds once another hr_admin has approved it. Where there is no other, the giver approves alone, and the grant says so (domain
"Visibility"). Ending somebody's role needs one person, so that it can be done at once.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, text

from chassis import audit, events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotFound
from kpi_api.access.models import Grant
from kpi_api.access.problems import AlreadyGranted, GrantApproved, GrantEnded, GrantInvalid, NotByTheSame, NotToOneself
from kpi_api.access.schemas import GrantIn
from kpi_api.access.second_person import somebody_else_could_approve

# access stands below people, so it asks the tables by name.
LOCK_PERSON = text("SELECT id FROM persons WHERE organization_id = :organization_id AND id = :id FOR UPDATE")
FIND_UNIT = text("SELECT id FROM org_units WHERE organization_id = :organization_id AND id = :id")


async def give_grant(viewer: Viewer, session: WriteSession, given: GrantIn) -> Grant:
    """Propose a role; approved at once where nobody else could. Raises NotAllowed, NotToOneself, NotFound, GrantInvalid, AlreadyGranted."""
    viewer.require("grants.give")
    _refuse_oneself(viewer, given.person_id)
    keys = {"organization_id": viewer.organization_id}
    if await session.scalar(LOCK_PERSON, {**keys, "id": given.person_id}) is None:
        raise NotFound()
    if (given.role == "executive") != (given.unit_id is not None):
        raise GrantInvalid("An executive is of a unit; the other roles hold everywhere and name none.", field="/unit_id")
    if given.unit_id is not None and await session.scalar(FIND_UNIT, {**keys, "id": given.unit_id}) is None:
        raise GrantInvalid(f"There is no unit {given.unit_id}.", field="/unit_id")
    starts = given.valid_from or session.today
    if given.valid_to is not None and given.valid_to <= starts:
        raise GrantInvalid("The grant must end after the day on which it starts.", field="/valid_to")
    if await _overlaps(session, given, starts):
        raise AlreadyGranted(f"The person is {given.role} at that time already, or it waits to be approved.", field="/role")
    grant = Grant(id=new_id(), valid_from=starts, granted_by=viewer.subject, **given.model_dump(exclude={"valid_from"}))
    session.add(grant)
    await session.flush()
    await _record(viewer, session, "grant.given", grant)
    if not await somebody_else_could_approve(viewer, session, "grants.approve", [grant.person_id]):
        await _approve(viewer, session, grant, alone=True)
    return grant


async def approve_grant(viewer: Viewer, session: WriteSession, grant_id: UUID) -> Grant:
    """Approve a role that another hr_admin gave to somebody else; again is harmless.

    Raises NotAllowed, NotFound, NotToOneself, NotByTheSame, GrantEnded.
    """
    viewer.require("grants.approve")
    grant = await _locked(session, grant_id)
    _refuse_oneself(viewer, grant.person_id)
    if grant.approved_at is not None:
        return grant
    require_approvable(viewer, grant)
    await _approve(viewer, session, grant, alone=False)
    return grant


def require_approvable(viewer: Viewer, grant: Grant) -> None:
    """Raises NotAllowed, NotToOneself, NotByTheSame, GrantApproved, GrantEnded."""
    viewer.require("grants.approve")
    _refuse_oneself(viewer, grant.person_id)
    if grant.approved_at is not None:
        raise GrantApproved("It is approved already.")
    if grant.valid_to == grant.valid_from:
        raise GrantEnded("It was ended before it held. Give the role anew.")
    if grant.granted_by == viewer.subject:
        raise NotByTheSame("You gave this role, so another hr_admin must approve it.")


async def end_grant(viewer: Viewer, session: WriteSession, grant_id: UUID, valid_to: date | None) -> Grant:
    """End a role on a day, today by default; one that would never have held ends on its first day.

    Raises NotAllowed, NotFound, NotToOneself, GrantInvalid.
    """
    viewer.require("grants.give")
    grant = await _locked(session, grant_id)
    grant.valid_to = require_endable(viewer, grant, valid_to)
    await session.flush()
    await _record(viewer, session, "grant.ended", grant)
    return grant


def require_endable(viewer: Viewer, grant: Grant, valid_to: date | None = None) -> date:
    """The day on which it would end; never a later one than before, which would be a grant that nobody approved, nor one in the past, since
    it held until now.

    Raises NotAllowed, NotToOneself, GrantInvalid.
    """
    viewer.require("grants.give")
    _refuse_oneself(viewer, grant.person_id)
    ends = max(grant.valid_from, viewer.today, valid_to or viewer.today)
    if grant.valid_to is not None and ends > grant.valid_to:
        raise GrantInvalid(f"It ends on {grant.valid_to} already; give another one to go on.", field="/valid_to")
    return ends


async def _locked(session: WriteSession, grant_id: UUID) -> Grant:
    grant = await session.scalar(select(Grant).where(Grant.id == grant_id).with_for_update())
    if grant is None:
        raise NotFound()
    return grant


def _refuse_oneself(viewer: Viewer, person_id: UUID) -> None:
    if person_id == viewer.require_person():
        raise NotToOneself("Ask another hr_admin: nobody changes their own roles.")


async def _overlaps(session: WriteSession, given: GrantIn, starts: date) -> bool:
    same = select(Grant.id).where(Grant.person_id == given.person_id, Grant.role == given.role)
    same = same.where(Grant.unit_id == given.unit_id if given.unit_id else Grant.unit_id.is_(None))
    same = same.where(or_(Grant.valid_to.is_(None), Grant.valid_to > starts))
    if given.valid_to is not None:
        same = same.where(Grant.valid_from < given.valid_to)
    return await session.scalar(same.limit(1)) is not None


async def _approve(viewer: Viewer, session: WriteSession, grant: Grant, *, alone: bool) -> None:
    grant.approved_by, grant.approved_at, grant.alone = viewer.subject, session.now, alone
    await session.flush()
    await _record(viewer, session, "grant.approved_alone" if alone else "grant.approved", grant)


async def _record(viewer: Viewer, session: WriteSession, action: str, grant: Grant) -> None:
    await audit.record(session, viewer.subject, action, "person", grant.person_id, role=grant.role, grant_id=str(grant.id))
    await events.record(session, "person.changed", "person", grant.person_id, person_ids=[str(grant.person_id)])
