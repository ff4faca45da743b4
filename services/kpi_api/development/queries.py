"""Reads of development goals: the person's own, those of whoever stands below the viewer, and all for HR and auditors."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.sight import sees_of_person
from kpi_api.cascade.queries import among
from kpi_api.development.lifecycle import Side, Status
from kpi_api.development.models import DevelopmentEvidence, DevelopmentGoal, DevelopmentStep
from kpi_api.people.queries import manager_on


def visible(viewer: Viewer) -> Select[DevelopmentGoal]:
    """Goals in the viewer's sight; the board's is also that of whoever has no manager, since it is their other side."""
    in_sight = sees_of_person(viewer, "development_goal", DevelopmentGoal.person_id)
    return select(DevelopmentGoal).where(DevelopmentGoal.organization_id == viewer.organization_id, in_sight)


async def goal(viewer: Viewer, session: ReadSession, goal_id: UUID) -> DevelopmentGoal:
    """Raises NotFound."""
    found = await session.scalar(visible(viewer).where(DevelopmentGoal.id == goal_id))
    if found is None:
        raise NotFound()
    return found


async def goals_by_id(viewer: Viewer, session: ReadSession, goal_ids: Collection[UUID]) -> Sequence[DevelopmentGoal]:
    """Those of these goals that are in sight."""
    return (await session.scalars(visible(viewer).where(among(DevelopmentGoal.id, goal_ids)))).all()


async def goals(
    viewer: Viewer, session: ReadSession, page: PageRequest, *, person_id: UUID | None = None, status: Status | None = None
) -> Rows[DevelopmentGoal]:
    """Goals in sight, oldest first."""
    statement = visible(viewer)
    if person_id is not None:
        statement = statement.where(DevelopmentGoal.person_id == person_id)
    if status is not None:
        statement = statement.where(DevelopmentGoal.status == status)
    scope = f"development_goals {viewer.subject} {person_id} {status}"
    return await fetch_page(session, statement, page, keys=[(DevelopmentGoal.id, lambda row: row.id)], scope=scope)


async def side_of(viewer: Viewer, session: ReadSession, person_id: UUID) -> Side | None:
    """As what the viewer works on a person's goals: the person, or the manager of the day; the board, where there is none."""
    if viewer.person_id == person_id:
        return "person"
    manager_id = await manager_on(session, person_id, viewer.today)
    leads = manager_id in viewer.leads_as or (manager_id is None and viewer.may("development_goals.act_as_board"))
    return "manager" if leads else None


async def steps_of(session: ReadSession, goal_ids: Collection[UUID]) -> dict[UUID, list[DevelopmentStep]]:
    """By goal its steps in order. Asks for no viewer: callers have checked."""
    found: dict[UUID, list[DevelopmentStep]] = defaultdict(list)
    statement = select(DevelopmentStep).where(among(DevelopmentStep.goal_id, goal_ids))
    for row in await session.scalars(statement.order_by(DevelopmentStep.goal_id, DevelopmentStep.position)):
        found[row.goal_id].append(row)
    return found


async def evidence_of(session: ReadSession, goal_ids: Collection[UUID]) -> dict[UUID, list[DevelopmentEvidence]]:
    """By goal its evidence, oldest first. Asks for no viewer: callers have checked."""
    found: dict[UUID, list[DevelopmentEvidence]] = defaultdict(list)
    statement = select(DevelopmentEvidence).where(among(DevelopmentEvidence.goal_id, goal_ids))
    for row in await session.scalars(statement.order_by(DevelopmentEvidence.id)):
        found[row.goal_id].append(row)
    return found
