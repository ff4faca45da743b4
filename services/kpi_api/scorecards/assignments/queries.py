"""Reads of assignments. Who asked for one sees it, HR and auditors see all; of its results those about people in their sight."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from chassis.access import Viewer, sees
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.sight import is_self, sees_person
from kpi_api.cascade.queries import among
from kpi_api.scorecards.assignments.models import ResultStatus, TemplateAssignment, TemplateAssignmentResult
from kpi_api.scorecards.assignments.schemas import AssignmentOutput


def visible(viewer: Viewer) -> Select[TemplateAssignment]:
    in_sight = sees(viewer, "template_assignment", {"self": lambda: is_self(viewer, TemplateAssignment.requester_id)})
    return select(TemplateAssignment).where(TemplateAssignment.organization_id == viewer.organization_id, in_sight)


async def assignment(viewer: Viewer, session: ReadSession, assignment_id: UUID) -> TemplateAssignment:
    """Raises NotFound."""
    found = await session.scalar(visible(viewer).where(TemplateAssignment.id == assignment_id))
    if found is None:
        raise NotFound()
    return found


async def assignments(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[TemplateAssignment]:
    """Assignments in sight, oldest first."""
    keys = [(TemplateAssignment.id, lambda row: row.id)]
    return await fetch_page(session, visible(viewer), page, keys=keys, scope=f"template_assignments {viewer.subject}")


async def shown(viewer: Viewer, session: ReadSession, rows: Collection[TemplateAssignment]) -> dict[UUID, AssignmentOutput]:
    """Assignments that the viewer was found to see, with how far they are, by id."""
    result = TemplateAssignmentResult
    statement = select(result.assignment_id, result.status, func.count()).where(*_in_sight(viewer, [row.id for row in rows]))
    counts: dict[UUID, Counter[str]] = {row.id: Counter() for row in rows}
    for id_, status, count in await session.execute(statement.group_by(result.assignment_id, result.status)):
        counts[id_][status] = count
    return {
        row.id: AssignmentOutput.model_validate(row).model_copy(update={**counts[row.id], "people": counts[row.id].total()}) for row in rows
    }


async def results(
    viewer: Viewer, session: ReadSession, page: PageRequest, assignment_id: UUID, status: ResultStatus | None = None
) -> Rows[TemplateAssignmentResult]:
    """Results of an assignment about people in sight, in the order asked for. Raises NotFound."""
    await assignment(viewer, session, assignment_id)
    result = TemplateAssignmentResult
    statement = select(result).where(*_in_sight(viewer, [assignment_id]))
    if status is not None:
        statement = statement.where(result.status == status)
    scope = f"template_assignment_results {viewer.subject} {assignment_id} {status}"
    return await fetch_page(session, statement, page, keys=[(result.position, lambda row: row.position)], scope=scope)


def _in_sight(viewer: Viewer, assignment_ids: Collection[UUID]) -> list[ColumnElement[bool]]:
    result = TemplateAssignmentResult
    mine = result.organization_id == viewer.organization_id, among(result.assignment_id, assignment_ids)
    return [*mine, sees_person(viewer, result.person_id)]
