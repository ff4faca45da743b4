"""REST of units and legal entities, which the whole organization may read."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, require_current, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.people import queries, structure
from kpi_api.people.models import LegalEntity, OrgUnit
from kpi_api.people.schemas import LegalEntityIn, LegalEntityOut, UnitIn, UnitOut

router = APIRouter(prefix="/v1", tags=["structure"], route_class=TransactionalRoute)


@router.get("/units", summary="Units by code")
async def list_units(viewer: CurrentViewer, session: Read, page: Paging) -> Page[UnitOut]:
    """Companies, business units, functions and teams; `parent_id` makes the tree."""
    rows = await queries.structure(viewer, session, OrgUnit, page)
    return Page(items=[UnitOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/units", status_code=201, summary="Add a unit")
async def post_unit(
    given: UnitIn, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> UnitOut:
    """Needs hr_admin or integration."""
    unit = await structure.create_unit(viewer, session, given)
    set_etag(response, unit)
    return UnitOut.model_validate(unit)


@router.get("/units/{unit_id}", summary="One unit")
async def get_unit(unit_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> UnitOut:
    """With its value statement: how it creates value, and for whom."""
    unit = await queries.structure_row(viewer, session, OrgUnit, unit_id)
    set_etag(response, unit)
    return UnitOut.model_validate(unit)


@router.put("/units/{unit_id}", summary="Change a unit")
async def put_unit(
    unit_id: UUID, given: UnitIn, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> UnitOut:
    """Needs hr_admin or integration. A unit cannot be put under one that stands below it."""
    unit = await queries.structure_row(viewer, session, OrgUnit, unit_id)
    require_current(if_match, unit, structure.differing(unit, given))
    changed = await structure.change_unit(viewer, session, unit, given)
    set_etag(response, changed)
    return UnitOut.model_validate(changed)


@router.get("/legal-entities", summary="Legal entities by code")
async def list_legal_entities(viewer: CurrentViewer, session: Read, page: Paging) -> Page[LegalEntityOut]:
    """The companies in law that employ and pay."""
    rows = await queries.structure(viewer, session, LegalEntity, page)
    return Page(items=[LegalEntityOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/legal-entities", status_code=201, summary="Add a legal entity")
async def post_legal_entity(
    given: LegalEntityIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> LegalEntityOut:
    """Needs hr_admin or integration."""
    return LegalEntityOut.model_validate(await structure.create_legal_entity(viewer, session, given))
