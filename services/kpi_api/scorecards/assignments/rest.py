"""REST doors of assignments: begin one, see how far it is and what became of each person, undo it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.assignments import actions, queries
from kpi_api.scorecards.assignments.models import ResultStatus
from kpi_api.scorecards.assignments.schemas import AssignmentOutput, NewAssignment, ResultOutput

router = APIRouter(prefix="/v1/template-assignments", tags=["scorecards"], route_class=TransactionalRoute)


@router.post("", summary="Assign a template to many people", status_code=202)
async def assign_template(
    given: NewAssignment, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> AssignmentOutput:
    """Open a draft with KPIs of their own for each of many people, as a job: the answer comes at once, and each person has a result.

    Somebody for whom the template is not, or who has a scorecard for these days, is skipped; what goes wrong stops only that person.
    """
    row = await actions.assign_template(viewer, session, given)
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return (await queries.shown(viewer, session, [row]))[row.id]


@router.get("", summary="List assignments of templates")
async def list_assignments(viewer: CurrentViewer, session: Read, page: Paging) -> Page[AssignmentOutput]:
    """One's own assignments, all for HR, with how far each is."""
    rows = await queries.assignments(viewer, session, page)
    shown = await queries.shown(viewer, session, rows)
    return Page(items=[shown[row.id] for row in rows], next=page.link_next(rows))


@router.get("/{assignment_id}", summary="Read how far an assignment is")
async def read_assignment(assignment_id: UUID, viewer: CurrentViewer, session: Read) -> AssignmentOutput:
    """How many wait, were opened, skipped or refused."""
    row = await queries.assignment(viewer, session, assignment_id)
    return (await queries.shown(viewer, session, [row]))[row.id]


@router.get("/{assignment_id}/results", summary="List what became of each person")
async def list_results(
    assignment_id: UUID, viewer: CurrentViewer, session: Read, page: Paging, status: Annotated[ResultStatus | None, Query()] = None
) -> Page[ResultOutput]:
    """In the order asked for, with the reason where nothing was opened; people out of sight are left out."""
    rows = await queries.results(viewer, session, page, assignment_id, status)
    return Page(items=[ResultOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/{assignment_id}/undo", summary="Undo an assignment", status_code=202)
async def undo_assignment(assignment_id: UUID, viewer: CurrentViewer, session: Write) -> AssignmentOutput:
    """Remove the drafts that it opened and nobody has touched since, with the KPIs created for them, as a job; others are kept."""
    row = await actions.undo_assignment(viewer, session, assignment_id)
    return (await queries.shown(viewer, session, [row]))[row.id]
