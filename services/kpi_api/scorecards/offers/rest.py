"""REST doors of what a changed template offers to a scorecard."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response

from chassis.etags import IfMatch, set_etag
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards import queries
from kpi_api.scorecards.offers import actions
from kpi_api.scorecards.offers.schemas import OfferTaken, TakeOffer, TemplateOffer

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], route_class=TransactionalRoute)


@router.get("/{scorecard_id}/template-offer", summary="Read what the template offers")
async def read_offer(scorecard_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> TemplateOffer:
    """How the template has changed since the scorecard was opened, line by line and in words. Nothing changes until somebody takes it."""
    set_etag(response, await queries.scorecard(viewer, session, scorecard_id))
    return await actions.template_offer(viewer, session, scorecard_id)


@router.post("/{scorecard_id}/template-offer/take", summary="Take what the template offers")
async def take_offer(
    scorecard_id: UUID, given: Annotated[TakeOffer, Body(default_factory=TakeOffer)],
    response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> OfferTaken:
    """A draft gets the lines at once; for an agreed scorecard the other side is asked, with a day and a reason."""
    taken = await actions.take_offer(viewer, session, scorecard_id, given, if_match)
    set_etag(response, await queries.scorecard(viewer, session, scorecard_id))
    return taken
