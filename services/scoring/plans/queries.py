"""Reading plans, and which version pays a person on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, Uuid, any_, literal, select

from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.access.viewer import Role, Viewer
from scoring.people.models import Person
from scoring.plans.models import Plan, PlanAssignment, PlanAssignmentMember, PlanVersion

SEES_PLANS: tuple[Role, ...] = ("comp_admin", "hr_admin", "board", "auditor", "integration", "service")


def plans(viewer: Viewer) -> Select[Plan]:
    """The organization's plans. Raises NotAllowed."""
    viewer.require(*SEES_PLANS)
    return select(Plan)


async def plan_by_code(viewer: Viewer, session: ReadSession, code: str, *, for_update: bool = False) -> Plan:
    """A plan. Raises NotAllowed, NotFound."""
    statement = plans(viewer).where(Plan.code == code)
    plan = await session.scalar(statement.with_for_update() if for_update else statement)
    if plan is None:
        raise NotFound()
    return plan


async def versions(viewer: Viewer, session: ReadSession, plan: Plan) -> Sequence[PlanVersion]:
    """The versions of a plan, the newest first. Raises NotAllowed."""
    viewer.require(*SEES_PLANS)
    return (await session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc()))).all()


def assignments(viewer: Viewer) -> Select[PlanAssignment]:
    """The organization's plan assignments. Raises NotAllowed."""
    viewer.require(*SEES_PLANS)
    return select(PlanAssignment)


@dataclass(frozen=True)
class NoPlan:
    """Why a person has no plan on a day: `no_plan`, or `two_plans` after a change of legal entity led into a second assignment."""

    code: str


async def plans_on(session: ReadSession, wanted: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], UUID | NoPlan]:
    """The id of the plan version that pays each person on a day."""
    pairs = set(wanted)
    keys = await _keys(session, {person_id for person_id, _ in pairs})
    members = await _members(session, {key for own in keys.values() for key in own})
    return {(person_id, day): _choose(keys[person_id], members, day) for person_id, day in pairs}


async def _keys(session: ReadSession, people: Collection[UUID]) -> dict[UUID, list[str]]:
    """The members that each person may fall under."""
    statement = select(Person.id, Person.legal_entity).where(Person.id == any_(literal(list(people), ARRAY(Uuid))))
    entities = dict((await session.execute(statement)).all())
    keys = {person_id: ["everyone", f"person:{person_id}"] for person_id in people}
    for person_id, entity in entities.items():
        if entity:
            keys[person_id].append(f"legal_entity:{entity}")
    return keys


async def _members(session: ReadSession, keys: Collection[str]) -> Mapping[str, list[tuple[date, date | None, UUID]]]:
    member = PlanAssignmentMember
    statement = (
        select(member.member, member.valid_from, member.valid_to, PlanAssignment.plan_version_id)
        .join(PlanAssignment, (PlanAssignment.organization_id == member.organization_id) & (PlanAssignment.id == member.assignment_id))
        .where(member.member == any_(literal(list(keys), ARRAY(Text))))
    )
    found: dict[str, list[tuple[date, date | None, UUID]]] = defaultdict(list)
    for key, valid_from, valid_to, version_id in (await session.execute(statement)):
        found[key].append((valid_from, valid_to, version_id))
    return found


def _choose(keys: Sequence[str], members: Mapping[str, list[tuple[date, date | None, UUID]]], day: date) -> UUID | NoPlan:
    found = [
        version_id
        for key in keys
        for valid_from, valid_to, version_id in members.get(key, [])
        if valid_from <= day and (valid_to is None or day < valid_to)
    ]
    return found[0] if len(found) == 1 else NoPlan("two_plans" if found else "no_plan")


async def version_sources(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, PlanVersion]:
    """Plan versions by id."""
    statement = select(PlanVersion).where(PlanVersion.id == any_(literal(list(ids), ARRAY(Uuid))))
    return {version.id: version for version in await session.scalars(statement)}
