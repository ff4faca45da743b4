"""REST doors of the table of templates."""

import asyncio
import csv
import io
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response

from chassis.app import NOT_ACCEPTABLE
from chassis.idempotency import IdempotencyKey
from chassis.problems import Problem
from chassis.tabular import CSV, Rows, read_rows
from chassis.transactions import Read, TransactionalRoute, Write
from chassis.workbooks import XLSX, named_by_cell, read_workbook, write_workbook
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.document.table import BOM, guarded, unguarded
from kpi_api.scorecards.template_table.importing import import_table
from kpi_api.scorecards.template_table.queries import every_template
from kpi_api.scorecards.template_table.schemas import TemplatesImported
from kpi_api.scorecards.template_table.table import COLUMNS, REQUIRED, Cell, write_rows

router = APIRouter(prefix="/v1/templates", tags=["dictionary"], route_class=TransactionalRoute)

MOST_ROWS: Final = 5_000
EXAMPLE: Final = "template_code,state,template_name,definition_code,weight,value,unit\r\nrep,3,Representative,calls,100.00,450,count\r\n"
TEXT: Final = {"schema": {"type": "string"}, "example": EXAMPLE}
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
FORMS: Final = {CSV: TEXT, XLSX: BINARY}
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The table.", "content": FORMS}, **NOT_ACCEPTABLE}
TAKES: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": FORMS}}


class NoSuchForm(Problem):
    status, code, title = 406, "no_such_form", "There is no table of this form"


@router.get("/table", summary="Read templates as a table", response_class=Response, responses=ANSWERS)
async def read_table(
    viewer: CurrentViewer,
    session: Read,
    accept: Annotated[str, Header(description=f"{CSV} or {XLSX}.")] = CSV,
) -> Response:
    """Every template that is not retired, a row for each part of each line, to change in a spreadsheet and bring back."""
    wanted = [kind.split(";")[0].strip().lower() for kind in accept.split(",")]
    rows = write_rows(await every_template(viewer, session))
    if XLSX in wanted:
        return _file(await asyncio.to_thread(write_workbook, "Templates", COLUMNS, rows), XLSX, "templates.xlsx")
    if not {CSV, "text/*", "*/*"} & set(wanted):
        raise NoSuchForm(f"Accept {CSV} or {XLSX}.")
    file = io.StringIO(newline="")
    file.write(BOM)
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _in_csv(cell) for column, cell in row.items()} for row in rows)
    return _file(file.getvalue().encode(), f"{CSV}; charset=utf-8", "templates.csv")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _in_csv(cell: Cell) -> str:
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else format(cell, "f")


@router.post("/table", summary="Bring the table of templates back", openapi_extra=TAKES)
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
    rows, letters = await _read(await request.body(), request.headers.get("Content-Type"))
    try:
        found = await import_table(viewer, session, rows, preview=preview)
    except Problem as problem:
        problem.errors = list(named_by_cell(problem.errors, letters))
        raise
    for template in found.templates:
        template.errors = list(named_by_cell(template.errors, letters))
    return found


async def _read(body: bytes, kind: str | None) -> tuple[Rows, Mapping[str, str]]:
    """The rows, and for a workbook the letters of its columns."""
    if (kind or "").split(";")[0].strip().lower() == XLSX:
        return await asyncio.to_thread(read_workbook, body, columns=COLUMNS, required=REQUIRED, max_rows=MOST_ROWS)
    rows = read_rows(body, kind, columns=COLUMNS, required=REQUIRED, max_rows=MOST_ROWS)
    return [(row, {column: unguarded(cell) for column, cell in cells.items()}) for row, cells in rows], {}
