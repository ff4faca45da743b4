"""Runs over REST."""

import asyncio
from typing import Annotated
from uuid import UUID

import pyarrow as pa
from fastapi import APIRouter, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from chassis import audit
from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.etags import set_etag
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.runs import actions, approving, queries, replaying
from scoring.runs.models import Run, RunLine
from scoring.runs.schemas import Approval, ReplayOut, RunDetail, RunIn, RunLineOut, RunOut
from scoring.runs.shown import run_listed, run_shown
from scoring.snapshots.arrow import read_stream
from scoring.snapshots.canonical import canonical
from scoring.snapshots.documents import ScorecardIn, table_of
from scoring.snapshots.problems import snapshot_problem

router = APIRouter(prefix="/v1/runs", tags=["runs"], route_class=TransactionalRoute)

ARROW = "application/vnd.apache.arrow.stream"
SCORECARDS = TypeAdapter(list[ScorecardIn])


SNAPSHOT_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/ScorecardIn"}}},
        ARROW: {"schema": {"type": "string", "format": "binary", "description": "An Arrow IPC stream; see openapi/snapshot.schema.json."}},
    },
}


@router.put("/{run_id}", summary="Announce a run")
async def put_run(run_id: UUID, content: RunIn, viewer: CurrentViewer, session: Write, response: Response) -> RunDetail:
    """The id is the caller's, so that a repeat is harmless."""
    return await _run_out(viewer, session, await actions.put_run(viewer, session, run_id, content), response)


@router.put("/{run_id}/scorecards", summary="Send a run's whole snapshot", openapi_extra={"requestBody": SNAPSHOT_BODY})
async def put_snapshot(
    run_id: UUID,
    viewer: CurrentViewer,
    session: Write,
    request: Request,
    response: Response,
    content_type: Annotated[str | None, Header()] = None,
) -> RunDetail:
    """Scorecards as JSON or as an Arrow IPC stream. The digest does not depend on transport, batches or order. The same snapshot again is a
    no-op; another one replaces it until the run is computed."""
    viewer.require("runs.send")
    scorecards = await asyncio.to_thread(_read, await request.body(), content_type or "")
    run = await actions.put_snapshot(viewer, session, run_id, scorecards)
    return await _run_out(viewer, session, run, response)


def _read(body: bytes, content_type: str) -> pa.Table:
    kind = content_type.split(";")[0].strip().lower()
    if kind == ARROW:
        return canonical(read_stream(body))
    if kind != "application/json":
        raise snapshot_problem("unknown_format", "Content-Type", f"Send application/json or {ARROW}.")
    try:
        return canonical(table_of(SCORECARDS.validate_json(body)))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


@router.post("/{run_id}/compute", status_code=202, summary="Have a run computed")
async def compute(run_id: UUID, viewer: CurrentViewer, session: Write, response: Response) -> RunDetail:
    """The worker computes it from the snapshot and from pay bases and plans as they stand; ask again after they changed.

    Follow the event `run.computed`.
    """
    return await _run_out(viewer, session, await actions.request_compute(viewer, session, run_id), response)


@router.post("/{run_id}/approve", summary="Approve a run")
async def approve(run_id: UUID, viewer: CurrentViewer, session: Write, response: Response, content: Approval | None = None) -> RunDetail:
    """Not by whoever had it computed, and not by anybody whose own pay is in it. Above the organization's limit a second person
    must approve it too, who does not report to the first; until then it stays computed."""
    accept_failed = content.accept_failed if content else False
    return await _run_out(viewer, session, await approving.approve(viewer, session, run_id, accept_failed=accept_failed), response)


@router.post("/{run_id}/release", summary="Release a run")
async def release(run_id: UUID, viewer: CurrentViewer, session: Write, response: Response) -> RunDetail:
    """From now on people see their payouts and payroll may pull them."""
    return await _run_out(viewer, session, await actions.release(viewer, session, run_id), response)


@router.post("/{run_id}/supersede", summary="Set a run aside")
async def supersede(run_id: UUID, viewer: CurrentViewer, session: Write, response: Response) -> RunDetail:
    """Only before its release."""
    return await _run_out(viewer, session, await actions.supersede(viewer, session, run_id), response)


@router.get("", summary="List runs")
async def list_runs(viewer: CurrentViewer, session: Read, page: Paging, cycle_code: str | None = None) -> Page[RunOut]:
    """The newest first."""
    rows = await fetch_page(
        session,
        queries.runs(viewer, cycle_code=cycle_code),
        page,
        keys=[(Run.created_at, lambda row: row.created_at), (Run.id, lambda row: row.id)],
        scope=f"runs:{viewer.subject}:{cycle_code}",
        descending=True,
    )
    await audit.record_read(session, viewer.subject, "run.read", "run", [row.id for row in rows])
    return Page(items=[run_listed(viewer, row) for row in rows], next=page.link_next(rows))


@router.get("/{run_id}", summary="Read a run")
async def get_run(run_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> RunDetail:
    """Its state, digests and totals."""
    return await _run_out(viewer, session, await queries.run(viewer, session, run_id), response)


@router.get("/{run_id}/lines", summary="List a run's lines")
async def list_lines(run_id: UUID, viewer: CurrentViewer, session: Read, page: Paging) -> Page[RunLineOut]:
    """For those who manage and approve pay; the reading is recorded."""
    rows = await fetch_page(
        session,
        await queries.run_lines(viewer, session, run_id),
        page,
        keys=[(RunLine.person_id, lambda row: row.person_id), (RunLine.id, lambda row: row.id)],
        scope=f"run_lines:{viewer.subject}:{run_id}",
    )
    await audit.record_read(session, viewer.subject, "run.read", "run", [run_id])
    others = sorted({row.person_id for row in rows} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "run_line.read", "person", others, run_id=str(run_id))
    return Page(items=[RunLineOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.get("/{run_id}/replay", summary="Replay a run")
async def get_replay(run_id: UUID, viewer: CurrentViewer, session: Read) -> ReplayOut:
    """Score a computed run once more from what is stored with it, and compare every byte with what was answered then. Nothing is changed.

    For those who manage and approve pay; the reading is recorded.
    """
    replayed = await replaying.replay(viewer, session, await queries.run(viewer, session, run_id))
    await audit.record_read(session, viewer.subject, "run.replayed", "run", [run_id], same=replayed.same)
    others = sorted({difference.person_id for difference in replayed.differences} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "run_line.read", "person", others, run_id=str(run_id))
    return ReplayOut.model_validate(replayed)


async def _run_out(viewer: Viewer, session: ReadSession, run: Run, response: Response) -> RunDetail:
    """A run as it stands, with its sums; unless a change of it was recorded, the reading is."""
    await session.flush()
    await audit.record_read(session, viewer.subject, "run.read", "run", [run.id])
    set_etag(response, run)
    return await run_shown(viewer, session, run)
