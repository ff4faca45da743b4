"""Plans and their assignment over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.plans import actions, assignments, queries
from scoring.plans.models import Plan, PlanAssignment, PlanVersion
from scoring.plans.schemas import (
    AssignmentEnd,
    PlanAssignmentDetail,
    PlanAssignmentIn,
    PlanAssignmentOut,
    PlanIn,
    PlanOut,
    PlanVersionIn,
    PlanVersionOut,
    PlanWithVersions,
)
from scoring.plans.shown import assignment_shown, assignments_shown, plan_shown, version_shown

VersionNumber = Annotated[int, Path(ge=1, le=1_000_000, description="1 is the first version.")]

router = APIRouter(prefix="/v1", tags=["plans"], route_class=TransactionalRoute)


@router.post("/plans", status_code=201, summary="Create a plan")
async def create_plan(content: PlanIn, viewer: CurrentViewer, session: Write, key: IdempotencyKey = None) -> PlanWithVersions:
    """The document is checked before anything is kept; `findings` say what is worth a second look. It pays nobody before it is approved."""
    plan, version = await actions.create_plan(
        viewer, session, code=content.code, name=content.name, earning_code=content.earning_code, document=content.document
    )
    return await plan_shown(viewer, plan, [version])


@router.get("/plans", summary="List plans")
async def list_plans(viewer: CurrentViewer, session: Read, page: Paging) -> Page[PlanOut]:
    """The organization's plans by code."""
    rows = await fetch_page(
        session,
        queries.plans(viewer),
        page,
        keys=[(Plan.code, lambda row: row.code), (Plan.id, lambda row: row.id)],
        scope=f"plans:{viewer.subject}",
    )
    await audit.record_read(session, viewer.subject, "plan.read", "plan", [row.id for row in rows])
    return Page(items=[PlanOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.get("/plans/{code}", summary="Read a plan with its versions")
async def get_plan(code: str, viewer: CurrentViewer, session: Read) -> PlanWithVersions:
    """Every version with its text as written, the newest first."""
    plan = await queries.plan_by_code(viewer, session, code)
    await audit.record_read(session, viewer.subject, "plan.read", "plan", [plan.id])
    return await plan_shown(viewer, plan, await queries.versions(viewer, session, plan))


@router.post("/plans/{code}/versions", status_code=201, summary="Add a version to a plan")
async def add_version(
    code: str, content: PlanVersionIn, viewer: CurrentViewer, session: Write, key: IdempotencyKey = None
) -> PlanVersionOut:
    """A text that means the same as the newest version adds nothing and answers that version."""
    return await _version_out(viewer, session, await actions.add_version(viewer, session, code, content.document))


@router.post("/plans/{code}/versions/{number}/approve", summary="Approve a plan version")
async def approve(code: str, number: VersionNumber, viewer: CurrentViewer, session: Write) -> PlanVersionOut:
    """By somebody other than its author."""
    return await _version_out(viewer, session, await actions.approve(viewer, session, code, number))


@router.post("/plan-assignments", status_code=201, summary="Assign a plan to people")
async def assign(content: PlanAssignmentIn, viewer: CurrentViewer, session: Write, key: IdempotencyKey = None) -> PlanAssignmentDetail:
    """For everyone, for legal entities, or for people by id. Nobody may have two plans on a day."""
    assignment = await assignments.assign(viewer, session, content)
    await session.flush()
    return await assignment_shown(viewer, session, assignment)


@router.get("/plan-assignments/{assignment_id}", summary="Read a plan assignment")
async def read_assignment(assignment_id: UUID, viewer: CurrentViewer, session: Read) -> PlanAssignmentDetail:
    """Which version of which plan, for whom, and since when."""
    assignment = await queries.assignment(viewer, session, assignment_id)
    await audit.record_read(session, viewer.subject, "plan_assignment.read", "plan_assignment", [assignment_id])
    return await assignment_shown(viewer, session, assignment)


@router.post("/plan-assignments/{assignment_id}/end", summary="End a plan assignment")
async def end_assignment(assignment_id: UUID, content: AssignmentEnd, viewer: CurrentViewer, session: Write) -> PlanAssignmentDetail:
    """Sets the first day on which it no longer holds; it can only become shorter."""
    assignment = await assignments.end_assignment(viewer, session, assignment_id, content.valid_to)
    return await assignment_shown(viewer, session, assignment)


@router.get("/plan-assignments", summary="List plan assignments")
async def list_assignments(viewer: CurrentViewer, session: Read, page: Paging) -> Page[PlanAssignmentOut]:
    """In the order they were made."""
    rows = await fetch_page(
        session,
        queries.assignments(viewer),
        page,
        keys=[(PlanAssignment.id, lambda row: row.id)],
        scope=f"plan_assignments:{viewer.subject}",
    )
    await audit.record_read(session, viewer.subject, "plan_assignment.read", "plan_assignment", [row.id for row in rows])
    return Page(items=await assignments_shown(session, rows), next=page.link_next(rows))


async def _version_out(viewer: Viewer, session: WriteSession, version: PlanVersion) -> PlanVersionOut:
    """A version as it stands; unless a change of it was recorded, the reading is."""
    await audit.record_read(session, viewer.subject, "plan_version.read", "plan_version", [version.id])
    return await version_shown(viewer, version)
