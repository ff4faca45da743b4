"""REST of the import of OKRs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from chassis.idempotency import IdempotencyKey
from chassis.tabular import read_rows
from chassis.transactions import TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade.okrs.importing import import_okrs
from kpi_api.cascade.okrs.schemas import REQUIRED, OkrImportResult, OkrRow
from kpi_api.people.mapping import read_mapping

router = APIRouter(prefix="/v1", tags=["cascade"], route_class=TransactionalRoute)

EXAMPLE = (
    "objective_code,objective,area,code,key_result,owner_unit,cycle_code,quarter,start,target,unit,contributes_to\n"
    "stay,Customers stay with us,retention,churn-q3,Churn falls to 3 %,support,2026,3,5,3,percent,\n"
)
CELL = {"type": ["string", "number", "boolean", "null"]}
TABLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": EXAMPLE},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object", "additionalProperties": CELL}}},
        },
    }
}


@router.post("/okrs/import", summary="Import OKRs", openapi_extra=TABLE_BODY)
async def post_import(
    request: Request,
    viewer: CurrentViewer,
    session: Write,
    column_map: Annotated[list[str], Query(alias="map", description="`column=field` for each column with another name.")] = [],  # noqa: B006
    ignore: Annotated[list[str], Query(description="Columns of the file to leave out.")] = [],  # noqa: B006
    preview: Annotated[bool, Query(description="Say what would happen and write nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> OkrImportResult:
    """One row for each key result, as CSV, NDJSON or a JSON list. The objective becomes an outcome, the key result a KPI with its baseline
    (`start`) and target. A key result without a definition proposes one and waits for its approval; send the same file again then.

    Columns: objective_code, objective, area, code, key_result, owner_person (external_id) or owner_unit (code), cycle_code, target, and
    where wanted definition_code, quarter (1 to 4, of the cycle), start, unit, contributes_to (codes, separated by semicolons).
    """
    body, kind = await request.body(), request.headers.get("Content-Type")
    mapping = read_mapping(column_map)
    table = read_rows(body, kind, columns=OkrRow.model_fields, required=REQUIRED, mapping=mapping, ignored=ignore)
    return await import_okrs(viewer, session, table, preview=preview)
