"""Assigning plan versions to people by date. Nobody has two plans on a day: what would lead there is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, and_, any_, literal, or_, select, text, update

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import FieldError, Invalid, NotFound
from scoring.people.models import Person
from scoring.plans.models import PlanAssignment, PlanAssignmentMember, PlanVersion
from scoring.plans.problems import PlanNotApproved, TwoPlans, UnknownPopulation
from scoring.plans.queries import plan_by_code
from scoring.plans.schemas import PlanAssignmentIn

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('plan_assignments:' || :id, 0))")

# Members of the wanted assignment against stored ones that overlap in time, wherever one person would fall under both.
CLASHES = text(
    """
    WITH wanted AS (SELECT unnest(CAST(:members AS text[])) AS member),
    stored AS (
      SELECT DISTINCT member FROM plan_assignment_members
      WHERE organization_id = :organization_id AND daterange(valid_from, valid_to) && daterange(:valid_from, :valid_to)
    )
    SELECT wanted.member, stored.member FROM wanted JOIN stored
      ON wanted.member = stored.member OR wanted.member = 'everyone' OR stored.member = 'everyone'
    UNION ALL
    SELECT wanted.member, stored.member FROM people p
      JOIN wanted ON wanted.member IN ('person:' || p.id, 'legal_entity:' || p.legal_entity)
      JOIN stored ON stored.member IN ('person:' || p.id, 'legal_entity:' || p.legal_entity)
    WHERE p.organization_id = :organization_id AND wanted.member <> stored.member
    ORDER BY 1, 2 LIMIT 20
    """
)


async def assign(viewer: Viewer, session: WriteSession, content: PlanAssignmentIn) -> PlanAssignment:
    """Assign a plan version to a population. Raises NotAllowed, NotFound, PlanNotApproved, UnknownPopulation, TwoPlans."""
    viewer.require("plans.write")
    version = await _version(viewer, session, content.plan_code, content.version)
    members = content.population.members()
    await session.execute(LOCK, {"id": str(session.organization_id)})
    await _refuse_unknown(session, members)
    await _refuse_clashes(session, members, content)
    assignment = PlanAssignment(
        plan_version_id=version.id,
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        created_by=viewer.subject,
        created_at=session.now,
    )
    session.add(assignment)
    await session.flush()
    session.add_all(
        PlanAssignmentMember(assignment_id=assignment.id, member=member, valid_from=content.valid_from, valid_to=content.valid_to)
        for member in members
    )
    await audit.record(session, viewer.subject, "plan_assignment.made", "plan_assignment", assignment.id, plan_version_id=str(version.id))
    return assignment


async def _version(viewer: Viewer, session: WriteSession, code: str, number: int | None) -> PlanVersion:
    plan = await plan_by_code(viewer, session, code)
    wanted = select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc()).limit(1)
    wanted = wanted.where(PlanVersion.status == "approved") if number is None else wanted.where(PlanVersion.number == number)
    version = await session.scalar(wanted)
    if version is None and number is not None:
        raise NotFound()
    if version is None or version.status != "approved":
        wanted_text = f"{code} has no approved version {number}" if number else f"{code} has no approved version"
        raise PlanNotApproved(f"The plan {wanted_text}; have it approved first.", field="/plan_code")
    return version


async def _refuse_unknown(session: WriteSession, members: Sequence[str]) -> None:
    people = select(literal("person:").concat(Person.id.cast(Text))).union(select(literal("legal_entity:").concat(Person.legal_entity)))
    named = people.subquery()
    known = await session.scalars(select(named.c[0]).where(named.c[0] == any_(literal(list(members), ARRAY(Text)))))
    unknown = sorted({*members} - {"everyone"} - {*known})
    if unknown:
        sentences = [f"Nobody here is {member}." for member in unknown[:20]]
        errors = [FieldError(field="/population", code="unknown_population", message=sentence) for sentence in sentences]
        raise UnknownPopulation(f"Nobody here is {', '.join(unknown[:3])}. Push people first.", errors=errors)


async def _refuse_clashes(session: WriteSession, members: Sequence[str], content: PlanAssignmentIn) -> None:
    dates = {"valid_from": content.valid_from, "valid_to": content.valid_to}
    values = {"organization_id": session.organization_id, "members": list(members), **dates}
    clashes = (await session.execute(CLASHES, values)).all()
    if clashes:
        sentences = [f"{wanted} meets {stored}, which has a plan on some of these days." for wanted, stored in clashes]
        errors = [FieldError(field="/population", code="two_plans", message=sentence) for sentence in sentences]
        raise TwoPlans(f"{sentences[0]} End that assignment first.", errors=errors)


async def end_assignment(viewer: Viewer, session: WriteSession, assignment_id: UUID, valid_to: date) -> PlanAssignment:
    """End an assignment earlier than it would; `valid_to` is the first day without it. Raises NotAllowed, NotFound, Invalid."""
    require_endable(viewer)
    assignment = await session.scalar(select(PlanAssignment).where(PlanAssignment.id == assignment_id).with_for_update())
    if assignment is None:
        raise NotFound()
    if valid_to <= assignment.valid_from or (assignment.valid_to is not None and valid_to > assignment.valid_to):
        raise Invalid("An assignment can only be ended earlier, and after its first day.", field="/valid_to")
    assignment.valid_to = valid_to
    member = PlanAssignmentMember
    await session.execute(
        update(member)
        .where(and_(member.organization_id == session.organization_id, member.assignment_id == assignment_id))
        .where(or_(member.valid_to.is_(None), member.valid_to > valid_to))
        .values(valid_to=valid_to)
    )
    await audit.record(session, viewer.subject, "plan_assignment.ended", "plan_assignment", assignment_id)
    return assignment


def require_endable(viewer: Viewer) -> None:
    """Any assignment is ended by whoever writes plans. Raises NotAllowed."""
    viewer.require("plans.write")
