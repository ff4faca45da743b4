"""Pay bases over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request

from chassis import audit
from chassis.pagination import Page, Paging, fetch_page
from chassis.tabular import read_rows
from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.pay_bases import actions, queries
from scoring.pay_bases.models import PayBasis
from scoring.pay_bases.schemas import REQUIRED, ImportResult, PayBasisOut, PayBasisRow

router = APIRouter(prefix="/v1/pay-bases", tags=["pay bases"], route_class=TransactionalRoute)

TABLE = {"schema": {"type": "string", "description": "Columns: " + ", ".join(PayBasisRow.model_fields)}}
ROWS = {"schema": {"type": "array", "items": {"type": "object"}}}
FORMS = {"text/csv": TABLE, "application/json": ROWS, "application/x-ndjson": TABLE}


@router.post(
    "/import",
    summary="Import pay bases",
    openapi_extra={"requestBody": {"required": True, "content": FORMS}},
)
async def import_pay_bases(
    viewer: CurrentViewer, session: Write, request: Request, content_type: Annotated[str | None, Header()] = None
) -> ImportResult:
    """Rows as CSV, NDJSON or a JSON list. A row adds a pay basis or corrects the one of the same person and first day; each row has its
    result. Gaps between the bases of the people in the file are reported."""
    viewer.require("pay_bases.write")
    rows = read_rows(await request.body(), content_type, columns=list(PayBasisRow.model_fields), required=REQUIRED)
    return await actions.import_pay_bases(viewer, session, rows)


@router.get("", summary="List pay bases")
async def list_pay_bases(viewer: CurrentViewer, session: Read, page: Paging, person_id: UUID | None = None) -> Page[PayBasisOut]:
    """One's own, or everybody's for those who run pay; whose were read is recorded."""
    rows = await fetch_page(
        session,
        queries.pay_bases(viewer, person_id=person_id),
        page,
        keys=[
            (PayBasis.person_id, lambda row: row.person_id),
            (PayBasis.valid_from, lambda row: row.valid_from),
            (PayBasis.id, lambda row: row.id),
        ],
        scope=f"pay_bases:{viewer.organization_id}:{viewer.subject}:{person_id}",
    )
    others = sorted({row.person_id for row in rows} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "pay_basis.read", "person", others)
    return Page(items=[PayBasisOut.model_validate(row) for row in rows], next=page.link_next(rows))
