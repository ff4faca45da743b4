"""REST of competencies."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.competencies import actions, queries
from kpi_api.dictionary.competencies.schemas import CompetencyChange, CompetencyOutput, CompetencyUses, NewCompetency

router = APIRouter(prefix="/v1/competencies", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("", summary="List competencies")
async def list_competencies(viewer: CurrentViewer, session: Read, page: Paging) -> Page[CompetencyOutput]:
    """The values, behaviours and skills that behavioural KPIs refer to, with a description per level."""
    rows = await queries.competencies(viewer, session, page)
    return Page(items=[CompetencyOutput.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("", status_code=201, summary="Add a competency")
async def create_competency(
    given: NewCompetency, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> CompetencyOutput:
    """Needs hr_admin. Behavioural KPI definitions name it by its code."""
    competency = await actions.create_competency(viewer, session, given)
    response.headers["Location"] = f"/v1/competencies/{competency.id}"
    set_etag(response, competency)
    return CompetencyOutput.model_validate(competency)


@router.get("/{competency_id}", summary="Read a competency")
async def read_competency(competency_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> CompetencyOutput:
    """With what somebody does at each level, the lowest first."""
    competency = await queries.competency(viewer, session, competency_id)
    set_etag(response, competency)
    return CompetencyOutput.model_validate(competency)


@router.put("/{competency_id}", summary="Change a competency")
async def change_competency(
    competency_id: UUID, given: CompetencyChange, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> CompetencyOutput:
    """Name, description, levels and whether it is for managers only. Needs hr_admin. The code stays, since definitions name it."""
    competency = await actions.change_competency(viewer, session, competency_id, given, if_match)
    set_etag(response, competency)
    return CompetencyOutput.model_validate(competency)


@router.get("/{competency_id}/uses", summary="List where a competency is used")
async def list_competency_uses(competency_id: UUID, viewer: CurrentViewer, session: Read) -> CompetencyUses:
    """The KPI definitions that refer to it, as far as you see them."""
    code = (await queries.competency(viewer, session, competency_id)).code
    return CompetencyUses(uses=(await queries.uses(viewer, session, [code]))[code])
