"""REST doors of time within a scorecard: what leave and part-time do to it, and would do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.presence.queries import time_of_scorecard
from kpi_api.scorecards.presence.schemas import ScorecardTime, Supposition

router = APIRouter(prefix="/v1/scorecards/{scorecard_id}/time", tags=["scorecards"], route_class=TransactionalRoute)


@router.get("", summary="Read what leave and part-time do to a scorecard")
async def get_time(scorecard_id: UUID, viewer: CurrentViewer, session: Read) -> ScorecardTime:
    """By the rules that were signed with it: which days count for pay, and which targets shrink how far; as data and as sentences."""
    return await time_of_scorecard(viewer, session, scorecard_id)


@router.post("/preview", summary="Preview what leave or part-time would do to a scorecard")
async def preview_time(
    scorecard_id: UUID, given: Annotated[Supposition, Body(default_factory=Supposition)], viewer: CurrentViewer, session: Read
) -> ScorecardTime:
    """With further leave, another share of full time, or other rules than those that were signed. Nothing is kept."""
    return await time_of_scorecard(viewer, session, scorecard_id, given)
