"""The doors of the audit, which each service mounts: records for an auditor, and for each person who read what is theirs."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from chassis.access import Viewer
from chassis.audit import export, readings
from chassis.audit.export import AuditFilter, AuditRecordOut
from chassis.audit.readings import Reading, Whose
from chassis.dates import WrittenTime
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, database_of

NDJSON = "application/x-ndjson"
BOTH_FORMS: dict[int | str, dict[str, Any]] = {
    200: {"model": Page[AuditRecordOut], "content": {NDJSON: {"schema": {"type": "string", "description": "A record in each line."}}}}
}

FindViewer = Callable[..., Awaitable[Viewer]]


def audit_filter(
    actor: Annotated[str | None, Query(description="A person's id, `key:<id>`, a service, or `operator`.")] = None,
    action: Annotated[str | None, Query(examples=["payout.read"])] = None,
    subject_type: Annotated[str | None, Query(examples=["person"])] = None,
    subject_id: UUID | None = None,
    from_: Annotated[WrittenTime | None, Query(alias="from", description="From this moment on.")] = None,
    until: Annotated[WrittenTime | None, Query(description="Before this moment.")] = None,
) -> AuditFilter:
    return AuditFilter(actor, action, subject_type, subject_id, from_, until)


Wanted = Annotated[AuditFilter, Depends(audit_filter)]


def audit_router(current_viewer: FindViewer, whose: Whose) -> APIRouter:
    """The audit's doors. `whose` says which records tell of reads of what is a person's."""
    router = APIRouter(prefix="/v1", tags=["audit"], route_class=TransactionalRoute)
    CurrentViewer = Annotated[Viewer, Depends(current_viewer)]  # noqa: N806  # a type that depends on the service

    @router.get("/audit-records", summary="Read the audit", responses=BOTH_FORMS, response_model=None)
    async def list_audit_records(
        viewer: CurrentViewer,
        session: Read,
        page: Paging,
        request: Request,
        wanted: Wanted,
        accept: Annotated[str, Header()] = "application/json",
    ) -> Page[AuditRecordOut] | StreamingResponse:
        """Who read or changed what, oldest first; needs the role auditor, and is itself recorded.

        With `Accept: application/x-ndjson` every record in one stream, a line each, without pages.
        """
        viewer.require("audit.read")
        await export.record_reading(session, viewer.subject, wanted)
        if NDJSON in accept:
            return StreamingResponse(export.export_lines(database_of(request), viewer.organization_id, wanted), media_type=NDJSON)
        rows = await export.audit_page(session, page, wanted, reader=viewer.subject)
        return Page(items=await export.shown(session, rows), next=page.link_next(rows))

    @router.get("/people/{person_id}/readings", summary="List who read what is a person's")
    async def list_readings(person_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[Reading]:
        """The latest first: when, what, and by whom. For oneself, and for an auditor; one's own reading is not in it."""
        rows = await readings.readings(viewer, session, page, whose, person_id)
        return Page(items=await readings.shown(session, whose, rows), next=page.link_next(rows))

    return router
