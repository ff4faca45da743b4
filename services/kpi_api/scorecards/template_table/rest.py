"""REST doors of the table of templates."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response

from chassis.idempotency import IdempotencyKey
from chassis.tabular import CSV
from chassis.transactions import Read, TransactionalRoute, Write
from chassis.workbooks import XLSX, named_by_cell
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.table_files import answers, read_file, table_file, takes, told_by_cell
from kpi_api.scorecards.template_table.importing import import_table
from kpi_api.scorecards.template_table.queries import every_template
from kpi_api.scorecards.template_table.schemas import TemplatesImported
from kpi_api.scorecards.template_table.table import COLUMNS, REQUIRED, write_rows

router = APIRouter(prefix="/v1/templates", tags=["dictionary"], route_class=TransactionalRoute)

MOST_ROWS: Final = 5_000
EXAMPLE: Final = "template_code,state,template_name,definition_code,weight,value,unit\r\nrep,3,Representative,calls,100.00,450,count\r\n"


@router.get("/table", summary="Read templates as a table", response_class=Response, responses=answers(EXAMPLE))
async def read_table(
    viewer: CurrentViewer,
    session: Read,
    accept: Annotated[str, Header(description=f"{CSV} or {XLSX}.")] = CSV,
) -> Response:
    """Every template that is not retired, a row for each part of each line, to change in a spreadsheet and bring back."""
    return await table_file(accept, "templates", COLUMNS, write_rows(await every_template(viewer, session)))


@router.post("/table", summary="Bring the table of templates back", openapi_extra=takes(EXAMPLE))
async def bring_table_back(
    request: Request,
    viewer: CurrentViewer,
    session: Write,
    preview: Annotated[bool, Query(description="Say what would change and write nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> TemplatesImported:
    """The table as it was exported, changed: each template that says something else gets its next version. Who was given it keeps what
    they have. A file with anything wrong writes nothing; a template that was changed since the export says `changed_meanwhile`, and what is
    wrong in a workbook is named by its cell."""
    rows, letters = await read_file(request, columns=COLUMNS, required=REQUIRED, max_rows=MOST_ROWS)
    with told_by_cell(letters):
        found = await import_table(viewer, session, rows, preview=preview)
    for template in found.templates:
        template.errors = list(named_by_cell(template.errors, letters))
    return found
