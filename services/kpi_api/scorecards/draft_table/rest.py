"""REST doors of the table of drafts."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response

from chassis.idempotency import IdempotencyKey
from chassis.tabular import CSV
from chassis.transactions import Read, TransactionalRoute, Write
from chassis.workbooks import XLSX, named_by_cell
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.fields import Code
from kpi_api.scorecards.draft_table.importing import import_drafts
from kpi_api.scorecards.draft_table.schemas import DraftsImported
from kpi_api.scorecards.draft_table.table import COLUMNS, MOST_ROWS, REQUIRED, drafts_of
from kpi_api.scorecards.table_files import answers, read_file, table_file, takes, told_by_cell

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], route_class=TransactionalRoute)

EXAMPLE: Final = "scorecard_id,state,kpi_id,weight\r\n01a2138d-e41e-7363-9410-45be2d7f4ed5,1,01a2138d-e42d-758e-a822-e4719a579932,60.00\r\n"


@router.get("/table", summary="Read drafts of scorecards as a table", response_class=Response, responses=answers(EXAMPLE))
async def read_drafts(
    viewer: CurrentViewer,
    session: Read,
    cycle_code: Annotated[Code, Query(description="The cycle's code.")],
    accept: Annotated[str, Header(description=f"{CSV} or {XLSX}.")] = CSV,
) -> Response:
    """Every draft of a cycle in your sight, a row for each part of each line, to change in a spreadsheet and bring back."""
    return await table_file(accept, "scorecards", COLUMNS, await drafts_of(viewer, session, cycle_code))


@router.post("/table", summary="Bring the table of drafts back", openapi_extra=takes(EXAMPLE))
async def bring_drafts_back(
    request: Request,
    viewer: CurrentViewer,
    session: Write,
    preview: Annotated[bool, Query(description="Say what would change and write nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> DraftsImported:
    """The table as it was exported, changed: weights, components and order, lines taken off or put on, and values of targets.

    A file with anything wrong writes nothing; a draft that was changed since the export says `changed_meanwhile`.
    """
    rows, letters = await read_file(request, columns=COLUMNS, required=REQUIRED, max_rows=MOST_ROWS)
    with told_by_cell(letters):
        found = await import_drafts(viewer, session, rows, preview=preview)
    for scorecard in found.scorecards:
        scorecard.errors = list(named_by_cell(scorecard.errors, letters))
    return found
