"""REST doors of definitions that look alike."""

from typing import Annotated

from fastapi import APIRouter, Query

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.duplicates import actions, queries
from kpi_api.dictionary.duplicates.schemas import DuplicateOutput, Resolution, Resolved
from kpi_api.dictionary.duplicates.shown import duplicates_shown

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("/definition-duplicates", summary="List definitions that look alike")
async def list_duplicates(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    stated: Annotated[bool, Query(description="Those whose difference was stated, instead of those to resolve.")] = False,
) -> Page[DuplicateOutput]:
    """Every two live definitions of one name, nearly one name, or one formula, the most alike first (S2, step 2)."""
    rows = await queries.duplicates_page(viewer, session, page, stated=stated)
    return Page(items=await duplicates_shown(viewer, session, rows), next=page.link_next(rows))


@router.post("/definition-duplicates/resolve", summary="Resolve two definitions that look alike")
async def resolve_duplicate(given: Resolution, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> Resolved:
    """Merge one into the other (it is given to no new KPI, those that have it keep it), rename it by a draft that somebody else approves,
    or state the difference, which holds until one of the two changes."""
    return await actions.resolve(viewer, session, given)
