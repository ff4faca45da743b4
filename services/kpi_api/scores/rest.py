"""REST door of scores."""

from uuid import UUID

from fastapi import APIRouter

from chassis.problems import NotFound
from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.scores import queries
from kpi_api.scores.schemas import ScoreOutput

router = APIRouter(prefix="/v1/scorecards", tags=["scores"], route_class=TransactionalRoute)


@router.get("/{scorecard_id}/score", summary="Read a scorecard's score")
async def score(scorecard_id: UUID, viewer: CurrentViewer, session: Read) -> ScoreOutput:
    """The last computed score with when and by which plan version it was computed, and since when it is stale, if it is."""
    found = await queries.scores(viewer, session, [scorecard_id])
    if scorecard_id not in found:
        raise NotFound()
    return ScoreOutput.of(*found[scorecard_id])
