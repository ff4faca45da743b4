"""REST doors of development goals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.development import actions, queries
from kpi_api.development.lifecycle import Status
from kpi_api.development.models import DevelopmentGoal
from kpi_api.development.schemas import ClosingInput, EvidenceInput, GoalInput, GoalOutput, NewGoal, StepDone
from kpi_api.development.shown import goal_shown, goals_shown

router = APIRouter(prefix="/v1/development-goals", tags=["development goals"], route_class=TransactionalRoute)


@router.get("", summary="List development goals")
async def list_goals(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    person_id: Annotated[UUID | None, Query(description="Only of this person.")] = None,
    status: Annotated[Status | None, Query()] = None,
) -> Page[GoalOutput]:
    """One's own, those of people below, and for HR and auditors all; oldest first."""
    rows = await queries.goals(viewer, session, page, person_id=person_id, status=status)
    return Page(items=await goals_shown(viewer, session, list(rows)), next=page.link_next(rows))


@router.post("", status_code=201, summary="Write a development goal")
async def create_goal(
    given: NewGoal, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> GoalOutput:
    """By the person or their manager; the other side is asked to agree."""
    return await _answer(viewer, session, await actions.create(viewer, session, given), response)


@router.get("/{goal_id}", summary="Read a development goal")
async def read_goal(goal_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> GoalOutput:
    """With its steps, its evidence, whose agreement is awaited, and what the viewer may do now."""
    return await _answer(viewer, session, await queries.goal(viewer, session, goal_id), response)


@router.put("/{goal_id}", summary="Change a development goal")
async def change_goal(
    goal_id: UUID, given: GoalInput, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> GoalOutput:
    """The whole text by either side, which asks the other again. Steps that bear their id stay done; those left out go."""
    return await _answer(viewer, session, await actions.change(viewer, session, goal_id, given, if_match), response)


@router.post("/{goal_id}/agree", summary="Agree to a development goal")
async def agree(goal_id: UUID, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None) -> GoalOutput:
    """By the side that did not write the present text. From now on a KPI measured by the steps has the share of them that is done."""
    return await _answer(viewer, session, await actions.agree(viewer, session, goal_id, if_match), response)


@router.put("/{goal_id}/steps/{step_id}", summary="Mark a step as done")
async def mark_step(goal_id: UUID, step_id: UUID, given: StepDone, viewer: CurrentViewer, session: Write, response: Response) -> GoalOutput:
    """By either side, of an agreed goal; null where it is not done after all."""
    return await _answer(viewer, session, await actions.mark_step(viewer, session, goal_id, step_id, given), response)


@router.post("/{goal_id}/evidence", status_code=201, summary="Show what was learned")
async def add_evidence(
    goal_id: UUID,
    given: EvidenceInput,
    viewer: CurrentViewer,
    session: Write,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> GoalOutput:
    """In words, by a link, or both."""
    return await _answer(viewer, session, await actions.add_evidence(viewer, session, goal_id, given), response)


@router.post("/{goal_id}/close", summary="Close a development goal")
async def close(
    goal_id: UUID, given: ClosingInput, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> GoalOutput:
    """As reached, not reached or dropped, by either side, with a reason unless reached; only what was agreed is reached or missed."""
    return await _answer(viewer, session, await actions.close(viewer, session, goal_id, given, if_match), response)


async def _answer(viewer: Viewer, session: ReadSession, goal: DevelopmentGoal, response: Response) -> GoalOutput:
    set_etag(response, goal)
    return await goal_shown(viewer, session, goal)
