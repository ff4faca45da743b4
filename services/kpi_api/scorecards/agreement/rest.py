"""The REST door of signed texts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.transactions import Read, TransactionalRoute
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.agreement import queries
from kpi_api.scorecards.agreement.schemas import AgreementOutput

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], route_class=TransactionalRoute)

Digest = Annotated[
    str | None, Query(max_length=100, description="Of a text that was signed here, at any time; left out, the agreement in force.")
]


@router.get("/{scorecard_id}/agreement", summary="Read and verify what was signed")
async def agreement(scorecard_id: UUID, viewer: CurrentViewer, session: Read, digest: Digest = None) -> AgreementOutput:
    """The signed document with its signatures, and whether it still has the digest that was signed, which is computed anew each time."""
    return await queries.agreement(viewer, session, scorecard_id, digest)
