"""REST doors of measurements."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.bulk import BulkResult
from chassis.dates import WrittenTime
from chassis.idempotency import IdempotencyKey
from chassis.tabular import CSV, JSON, NDJSON, read_columns
from chassis.transactions import Read, TransactionalRoute, Write
from chassis.verbs import verb_output
from kpi_api.access.door import CurrentViewer
from kpi_api.measurements import actions, queries, rolling_up
from kpi_api.measurements.measurable import require_measurable
from kpi_api.measurements.readings import COLUMNS, REQUIRED
from kpi_api.measurements.schemas import KpiMeasurementsOutput, RollUpInput, RollUpsOutput

router = APIRouter(prefix="/v1", tags=["measurements"], route_class=TransactionalRoute)

_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": list(REQUIRED),
    "properties": {column: {"type": "string"} for column in COLUMNS},
    "example": {
        "kpi_code": "calls-north",
        "period_start": "2026-03-01",
        "value": "212",
        "source": "CRM",
        "source_record_id": "calls-2026-03",
    },
}
_HEADER: Final = "kpi_code,period_start,value,source,source_record_id"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "array", "items": _ROW}},
            NDJSON: {"schema": {"type": "string", "description": "One JSON object per line."}},
            CSV: {"schema": {"type": "string", "example": f"{_HEADER}\ncalls-north,2026-03-01,212,CRM,calls-2026-03\n"}},
        },
    }
}


@router.post("/measurements", summary="Record measurements", response_model=BulkResult, openapi_extra=_BODY)
async def record_measurements(
    request: Request, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> Response:
    """Append values, many at a time, as JSON, NDJSON or CSV; each row has its own result and a wrong one stops only itself.

    The same value again changes nothing; another value for the same part and period is a correction, and both are kept. For a cycle that is
    closing or closed, only an HR administrator corrects, with a `correction_reason`.
    """
    table = read_columns(await request.body(), request.headers.get("content-type"), columns=COLUMNS, required=REQUIRED)
    outcomes = await actions.record_measurements(viewer, session, table)
    return Response(outcomes.as_json(), media_type=JSON)


@router.post("/roll-ups", summary="Roll up values")
async def roll_up(given: RollUpInput, viewer: CurrentViewer, session: Write) -> RollUpsOutput:
    """Record the sum, mean or weighted mean of what the KPIs below measured as values of the KPIs named. Needs hr_admin or integration.

    A KPI below without a value is named, and its period left unrecorded unless that is accepted. Again, nothing changes but by corrections.
    """
    results = await rolling_up.roll_up(viewer, session, given.kpis, accept_missing=given.accept_missing)
    return RollUpsOutput.model_validate({"results": results}, from_attributes=True)


@router.get("/kpis/{kpi_id}/measurements", summary="Read a KPI's measurements")
async def kpi_measurements(
    kpi_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    as_of: Annotated[WrittenTime | None, Query(description="What was known at this moment; now when left out.")] = None,
    history: Annotated[bool, Query(description="Every value ever recorded, not only the current ones.")] = False,
) -> KpiMeasurementsOutput:
    """The values of a KPI's parts with what they add up to, for those who see the KPI whole."""
    found = await queries.kpi_measurements(viewer, session, kpi_id, as_of=as_of, history=history)
    record = await verb_output("record", lambda: require_measurable(viewer, session, kpi_id))
    return KpiMeasurementsOutput.model_validate({**vars(found), "verbs": [record]}, from_attributes=True)
