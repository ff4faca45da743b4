"""A manager's rights for an absence: the delegate sees and does what the manager may with reports and subtree, but nothing with pay.

The manager delegates to somebody they see or report to, or an hr_admin does it for them. Rights are never passed on, so a delegate of a
delegate leads nobody; a circle is refused, since it shows that somebody is wrong about who is there.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select, text

from chassis import audit
from chassis.access import Viewer, on_day, sees
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotAllowed, NotFound
from kpi_api.access.models import Delegation, ReportingLine
from kpi_api.access.problems import AlreadyDelegated, CircularDelegation, DelegationInvalid, NotToOneself
from kpi_api.access.schemas import DelegationIn
from kpi_api.access.sight import is_self

LONGEST_DAYS = 366

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('delegations:' || :organization_id, 0))")
# access stands below people, so it asks the table by name.
FIND_ACTIVE = text(
    """
    SELECT id FROM persons WHERE organization_id = :organization_id AND id = :id AND active
      AND (termination_date IS NULL OR termination_date >= :today)
    """
)
REACHES = text(
    """
    WITH RECURSIVE reached(id) AS (
      SELECT CAST(:delegate_id AS uuid)
      UNION
      SELECT d.delegate_id FROM delegations d JOIN reached r ON d.delegator_id = r.id
      WHERE d.organization_id = :organization_id AND d.valid_from < :valid_to AND d.valid_to > :valid_from
    )
    SELECT EXISTS (SELECT FROM reached WHERE id = :delegator_id)
    """
)


def visible(viewer: Viewer) -> Select[Delegation]:
    """Delegations that the viewer gave or was given, or all by role."""
    party = or_(is_self(viewer, Delegation.delegator_id), is_self(viewer, Delegation.delegate_id))
    in_sight = sees(viewer, "delegation", {"party": lambda: party})
    return select(Delegation).where(Delegation.organization_id == viewer.organization_id, in_sight)


async def delegations(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Delegation]:
    """Past, present and future ones in sight, in the order in which they were given."""
    scope = f"delegations {viewer.subject}"
    return await fetch_page(session, visible(viewer), page, keys=[(Delegation.id, lambda row: row.id)], scope=scope)


async def delegation(viewer: Viewer, session: ReadSession, delegation_id: UUID, *, for_update: bool = False) -> Delegation:
    """A delegation in sight. Raises NotFound."""
    statement = visible(viewer).where(Delegation.id == delegation_id)
    row = await session.scalar(statement.with_for_update() if for_update else statement)
    if row is None:
        raise NotFound()
    return row


async def delegate(viewer: Viewer, session: WriteSession, given: DelegationIn) -> Delegation:
    """Give a manager's rights to a delegate.

    Raises NotAllowed, NotFound, NotToOneself, DelegationInvalid, AlreadyDelegated, CircularDelegation.
    """
    delegator_id = given.delegator_id or viewer.require_person()
    await session.execute(LOCK, {"organization_id": str(viewer.organization_id)})
    await _require_right(viewer, session, delegator_id, given.delegate_id)
    starts = given.valid_from or session.today
    if starts < session.today:
        raise DelegationInvalid("It starts today or later: who led whom in the past is not changed.", field="/valid_from")
    if not 0 < (given.valid_to - starts).days <= LONGEST_DAYS:
        raise DelegationInvalid(f"It must end after the day on which it starts, and within {LONGEST_DAYS} days.", field="/valid_to")
    await _refuse_overlap(session, delegator_id, given.delegate_id, starts, given.valid_to)
    period = {"organization_id": viewer.organization_id, "valid_from": starts, "valid_to": given.valid_to}
    if await session.scalar(REACHES, {**period, "delegator_id": delegator_id, "delegate_id": given.delegate_id}):
        raise CircularDelegation("The delegate is absent then and has delegated back to this manager.", field="/delegate_id")
    parties = {"delegator_id": delegator_id, "delegate_id": given.delegate_id}
    row = Delegation(
        id=new_id(), **parties, valid_from=starts, valid_to=given.valid_to, given_by=viewer.subject, given_at=session.now
    )
    session.add(row)
    await session.flush()
    await _record(viewer, session, "delegation.given", row)
    return row


async def end_delegation(viewer: Viewer, session: WriteSession, delegation_id: UUID, valid_to: date | None) -> Delegation:
    """End a delegation on a day, today by default: either party or an hr_admin. Raises NotFound, NotAllowed, DelegationInvalid."""
    row = await delegation(viewer, session, delegation_id, for_update=True)
    row.valid_to = require_endable(viewer, row, valid_to)
    await session.flush()
    await _record(viewer, session, "delegation.ended", row)
    return row


def require_endable(viewer: Viewer, row: Delegation, valid_to: date | None = None) -> date:
    """The day on which it would end, today by default and never before it starts. Raises NotAllowed, DelegationInvalid."""
    if viewer.person_id not in (row.delegator_id, row.delegate_id) and not viewer.may("delegations.give_any"):
        raise NotAllowed("Only the manager, the delegate or an hr_admin ends it.")
    ends = max(row.valid_from, valid_to or viewer.today)
    if ends > row.valid_to:
        raise DelegationInvalid(f"It ends on {row.valid_to} already; give another one to go on.", field="/valid_to")
    return ends


async def _require_right(viewer: Viewer, session: WriteSession, delegator_id: UUID, delegate_id: UUID) -> None:
    """The delegator is the viewer, or anybody for an hr_admin; the delegate somebody else who is there and whom the giver may name."""
    me, any_ = viewer.require_person(), viewer.may("delegations.give_any")
    if delegator_id != me and not any_:
        raise NotFound()
    if delegate_id == delegator_id:
        raise DelegationInvalid("Name somebody else as the delegate.", field="/delegate_id")
    if delegate_id == me:
        raise NotToOneself("Ask another hr_admin: nobody gives rights to themselves.")
    for person_id in (delegator_id, delegate_id):
        keys = {"organization_id": viewer.organization_id, "id": person_id, "today": session.today}
        if await session.scalar(FIND_ACTIVE, keys) is None:
            raise NotFound()
    if not any_ and await session.scalar(_lines_with(viewer, delegate_id)) is None:
        raise NotFound()


def _lines_with(viewer: Viewer, person_id: UUID) -> Select[UUID]:
    """Reporting lines of today that lead from the viewer up or down to a person."""
    line = ReportingLine
    pairs = or_(
        (line.manager_id == viewer.person_id) & (line.person_id == person_id),
        (line.person_id == viewer.person_id) & (line.manager_id == person_id),
    )
    today = on_day(line.valid_from, line.valid_to, viewer.today)
    return select(line.id).where(line.organization_id == viewer.organization_id, pairs, today).limit(1)


async def _refuse_overlap(session: WriteSession, delegator_id: UUID, delegate_id: UUID, starts: date, ends: date) -> None:
    row = Delegation
    same = select(row.id).where(row.delegator_id == delegator_id, row.delegate_id == delegate_id)
    same = same.where(row.valid_from < ends, row.valid_to > starts)
    if await session.scalar(same.limit(1)):
        raise AlreadyDelegated("Another delegation to the same person runs then.", field="/valid_from")


async def _record(viewer: Viewer, session: WriteSession, action: str, row: Delegation) -> None:
    facts = {"delegation_id": str(row.id), "delegate_id": str(row.delegate_id)}
    await audit.record(session, viewer.subject, action, "person", row.delegator_id, **facts)
