"""REST of outcomes and outcome areas."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.outcomes import actions, areas, queries
from kpi_api.dictionary.outcomes.schemas import (
    OutcomeAreaInput,
    OutcomeAreaOutput,
    OutcomeChange,
    OutcomeDetail,
    OutcomeInput,
    OutcomeOutput,
)

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("/outcome-areas", summary="List outcome areas")
async def list_outcome_areas(viewer: CurrentViewer, session: Read) -> Sequence[OutcomeAreaOutput]:
    """The fields in which the organization wants results: those that ship, then its own by code."""
    return await areas.outcome_areas(viewer, session)


@router.post("/outcome-areas", status_code=201, summary="Add an outcome area")
async def create_outcome_area(
    given: OutcomeAreaInput, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> OutcomeAreaOutput:
    """An area of the organization's own. Needs hr_admin."""
    return await areas.create_outcome_area(viewer, session, given)


@router.get("/outcomes", summary="List outcomes")
async def list_outcomes(viewer: CurrentViewer, session: Read, page: Paging) -> Page[OutcomeOutput]:
    """The directional commitments that KPIs serve, by code."""
    rows = await queries.outcomes_page(viewer, session, page)
    return Page(items=[OutcomeOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/outcomes", status_code=201, summary="Create an outcome")
async def create_outcome(
    given: OutcomeInput, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> OutcomeOutput:
    """Outcome first, KPI second (S2, step 1). Its area is one that `GET /v1/outcome-areas` lists."""
    outcome = await actions.create_outcome(viewer, session, given)
    response.headers["Location"] = f"/v1/outcomes/{outcome.id}"
    set_etag(response, outcome)
    return OutcomeOutput.model_validate(outcome)


@router.get("/outcomes/{outcome_id}", summary="Read an outcome")
async def read_outcome(outcome_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> OutcomeDetail:
    """With the definitions that serve it now, as far as you see them."""
    outcome = await queries.outcome(viewer, session, outcome_id)
    set_etag(response, outcome)
    return await queries.outcome_detail(viewer, session, outcome)


@router.patch("/outcomes/{outcome_id}", summary="Change an outcome")
async def change_outcome(
    outcome_id: UUID, given: OutcomeChange, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> OutcomeDetail:
    """Name, area, description and the unit or role that owns it. A stale If-Match is refused with what stands there now."""
    outcome = await actions.change_outcome(viewer, session, outcome_id, given, if_match)
    set_etag(response, outcome)
    return await queries.outcome_detail(viewer, session, outcome)
