"""REST doors of the document."""

import base64
import hashlib
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse

from chassis.app import NOT_ACCEPTABLE
from chassis.idempotency import IdempotencyKey
from chassis.problems import Problem
from chassis.tabular import CSV, read_rows
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.document.importing import import_document
from kpi_api.dictionary.document.page import STYLE, write_page
from kpi_api.dictionary.document.queries import entries
from kpi_api.dictionary.document.schemas import Imported
from kpi_api.dictionary.document.table import COLUMNS, write_table
from kpi_api.people import queries as people

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)

HTML: Final = "text/html"
MOST_ROWS: Final = 20_000
STYLE_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

EXAMPLE: Final = "code,name,unit,part,effective_from\r\nwin_rate,Win rate,percent,main,2026-01-01\r\n"
TEXT: Final = {"schema": {"type": "string"}}
FORMS: Final = {HTML: TEXT | {"example": "<!doctype html>"}, CSV: TEXT | {"example": EXAMPLE}}
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The document.", "content": FORMS}, **NOT_ACCEPTABLE}
TAKES: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {CSV: FORMS[CSV]}}}


class NoSuchForm(Problem):
    status, code, title = 406, "no_such_form", "There is no document of this form"


@router.get("/definitions/document", summary="Read the dictionary as a document", response_class=Response, responses=ANSWERS)
async def read_document(
    viewer: CurrentViewer,
    session: Read,
    accept: Annotated[str, Header(description=f"{HTML} to read and print, {CSV} to change and bring back.")] = HTML,
) -> Response:
    """Every definition in force today: a page with outcome areas as chapters, or a table with a row for each part."""
    wanted = [kind.split(";")[0].strip().lower() for kind in accept.split(",")]
    if CSV in wanted:
        name = {"Content-Disposition": 'attachment; filename="dictionary.csv"'}
        return Response(write_table(await entries(viewer, session)), media_type=f"{CSV}; charset=utf-8", headers=name)
    if not {HTML, "text/*", "*/*"} & set(wanted):
        raise NoSuchForm(f"Accept {HTML} or {CSV}.")
    profile = await people.organization(viewer, session)
    page = write_page(await entries(viewer, session), profile.name, str(session.today), profile.indicator_label)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


@router.post("/definitions/document", summary="Bring the dictionary's document back", openapi_extra=TAKES)
async def bring_document_back(
    request: Request,
    viewer: CurrentViewer,
    session: Write,
    preview: Annotated[bool, Query(description="Say what would change and write nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> Imported:
    """The table as it was exported, changed: each definition that says something else becomes a draft that somebody else approves.

    A file with anything wrong writes nothing; a definition that was changed since the export says `changed_meanwhile`.
    """
    body, kind = await request.body(), request.headers.get("Content-Type")
    rows = read_rows(body, kind, columns=COLUMNS, required=("code", "name", "unit", "effective_from"), max_rows=MOST_ROWS)
    return await import_document(viewer, session, rows, preview=preview)
