"""Reading plans, and which version pays a person on a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, Text, Uuid, any_, literal, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.people.models import Person
from scoring.plans.models import Plan, PlanAssignment, PlanAssignmentMember, PlanVersion


def plans(viewer: Viewer) -> Select[Plan]:
    """The organization's plans. Raises NotAllowed."""
    viewer.require_sight("plan")
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
    viewer.require_sight("plan")
    return (await session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc()))).all()


async def version(viewer: Viewer, session: ReadSession, code: str, number: int) -> PlanVersion:
    """One version of a plan. Raises NotAllowed, NotFound."""
    plan = await plan_by_code(viewer, session, code)
    found = await session.scalar(select(PlanVersion).where(PlanVersion.plan_id == plan.id, PlanVersion.number == number))
    if found is None:
        raise NotFound()
    return found


def assignments(viewer: Viewer) -> Select[PlanAssignment]:
    """The organization's plan assignments. Raises NotAllowed."""
    viewer.require_sight("plan")
    return select(PlanAssignment)


async def assignment(viewer: Viewer, session: ReadSession, assignment_id: UUID) -> PlanAssignment:
    """A plan assignment. Raises NotAllowed, NotFound."""
    found = await session.scalar(assignments(viewer).where(PlanAssignment.id == assignment_id))
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class NoPlan:
    """Why a person has no plan on a day: a code of `NO_PLAN`."""

    code: str


NO_PLAN = {
    "no_plan": "No plan is assigned to the person on the last day of the scorecard.",
    "two_plans": "Two plan assignments hold for the person on the last day of the scorecard.",
}
"""`two_plans` happens when somebody's legal entity changed into one with a plan of its own."""

Held = tuple[date, date | None, UUID]
"""From a date until a date (exclusive), a plan version."""


async def plans_on(session: ReadSession, wanted: Sequence[tuple[UUID, date]]) -> list[UUID | NoPlan]:
    """The id of the plan version that pays each person on a day, in the order asked."""
    people = {person_id for person_id, _ in wanted}
    entities = await _legal_entities(session, people)
    own = await _members(session, [f"person:{person_id}" for person_id in people])
    shared = await _members(session, ["everyone", *(f"legal_entity:{entity}" for entity in set(entities.values()))])
    return [
        _choose([*own.get(f"person:{id_}", ()), *shared.get(f"legal_entity:{entities.get(id_)}", ()), *shared.get("everyone", ())], day)
        for id_, day in wanted
    ]


async def _legal_entities(session: ReadSession, people: Collection[UUID]) -> dict[UUID, str]:
    statement = select(Person.id, Person.legal_entity).where(Person.id == any_(literal(list(people), ARRAY(Uuid))))
    return {id_: entity for id_, entity in await session.execute(statement) if entity}


async def _members(session: ReadSession, members: Sequence[str]) -> Mapping[str, list[Held]]:
    member = PlanAssignmentMember
    statement = (
        select(member.member, member.valid_from, member.valid_to, PlanAssignment.plan_version_id)
        .join(PlanAssignment, (PlanAssignment.organization_id == member.organization_id) & (PlanAssignment.id == member.assignment_id))
        .where(member.member == any_(literal(list(members), ARRAY(Text))))
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for key, valid_from, valid_to, version_id in await session.execute(statement):
        found[key].append((valid_from, valid_to, version_id))
    return found


def _choose(held: Sequence[Held], day: date) -> UUID | NoPlan:
    found = [version_id for valid_from, valid_to, version_id in held if valid_from <= day and (valid_to is None or day < valid_to)]
    return found[0] if len(found) == 1 else NoPlan("two_plans" if found else "no_plan")


async def version_sources(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, PlanVersion]:
    """Plan versions by id."""
    statement = select(PlanVersion).where(PlanVersion.id == any_(literal(list(ids), ARRAY(Uuid))))
    return {version.id: version for version in await session.scalars(statement)}


async def members(session: ReadSession, assignment_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """For whom each of these assignments holds, such as `everyone` or `legal_entity:MER-US`."""
    found: dict[UUID, list[str]] = {id_: [] for id_ in assignment_ids}
    statement = select(PlanAssignmentMember).where(PlanAssignmentMember.assignment_id.in_(assignment_ids))
    for member in await session.scalars(statement.order_by(PlanAssignmentMember.member)):
        found[member.assignment_id].append(member.member)
    return found


async def plan_numbers(session: ReadSession, version_ids: Collection[UUID]) -> dict[UUID, Row[UUID, int, str]]:
    """Code of the plan and number of each of these versions."""
    statement = (
        select(PlanVersion.id, PlanVersion.number, Plan.code)
        .join(Plan, (Plan.organization_id == PlanVersion.organization_id) & (Plan.id == PlanVersion.plan_id))
        .where(PlanVersion.id.in_(version_ids))
    )
    return {row.id: row for row in await session.execute(statement)}
