"""Live scores over REST."""

from fastapi import APIRouter

from chassis.transactions import Read, TransactionalRoute
from scoring.access.door import CurrentViewer
from scoring.scores import actions
from scoring.scores.schemas import ScoresIn, ScoresOut

router = APIRouter(prefix="/v1/scores", tags=["scores"], route_class=TransactionalRoute)


@router.post("", summary="Score scorecards")
async def score_scorecards(content: ScoresIn, viewer: CurrentViewer, session: Read) -> ScoresOut:
    """Computes and stores nothing, so it may be repeated. Pay is not asked for: the answer stops at the composite."""
    return ScoresOut(results=await actions.score_scorecards(viewer, session, content), as_of=content.as_of)
