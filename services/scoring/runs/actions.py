"""What is done to a run: announced, given its snapshot, computed, released or set aside; approving has a module of its own.

Each verb locks the run, so that of two at once one follows the other; each is harmless when repeated.
"""

from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis import audit, events, jobs
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotFound
from scoring.runs.lifecycle import require_next
from scoring.runs.models import Run, RunLine, SnapshotChunk
from scoring.runs.problems import RunDiffers, SnapshotFixed, StaleRun
from scoring.runs.schemas import RunIn
from scoring.snapshots.canonical import chunks, digest, to_bytes
from scoring.snapshots.problems import snapshot_problem

COMPUTE = "runs.compute"
PAYOUTS_PER_EVENT = 1000

RELEASE_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('release:' || :id, 0))")

# Lines for whose scorecard another sum is released now than when they were computed. Line by line, since fresh tables have no statistics.
STALE = text(
    """
    SELECT count(*) FROM run_lines l, LATERAL (
      SELECT coalesce(sum(p.amount), 0) AS amount
      FROM run_lines p JOIN runs r ON r.organization_id = p.organization_id AND r.id = p.run_id
      WHERE p.organization_id = l.organization_id AND p.scorecard_id = l.scorecard_id AND r.status = 'released'
    ) released
    WHERE l.organization_id = :organization_id AND l.run_id = :run_id AND l.amount IS NOT NULL AND l.released_before <> released.amount
    """
)


async def put_run(viewer: Viewer, session: WriteSession, run_id: UUID, content: RunIn) -> Run:
    """Announce a run under the caller's id; the same again changes nothing. Raises NotAllowed, RunDiffers."""
    viewer.require("runs.send")
    facts = content.model_dump()
    own = {"organization_id": session.organization_id, "id": run_id, "version": 1, "status": "open"}
    made = {"created_by": viewer.subject, "created_at": session.now, "scorecard_count": 0}
    announced = upsert(Run).values(**own, **made, **facts).on_conflict_do_nothing().returning(Run.id)
    if await session.scalar(announced):
        await audit.record(session, viewer.subject, "run.announced", "run", run_id)
    run = await lock_run(session, run_id)
    if any(getattr(run, name) != value for name, value in facts.items()):
        raise RunDiffers("There is a run with this id for another cycle, period or kind. Use a new id.")
    return run


async def lock_run(session: WriteSession, run_id: UUID) -> Run:
    """The run, locked until the transaction ends, though not against a computation that writes its lines. Raises NotFound."""
    run = await session.scalar(select(Run).where(Run.id == run_id).with_for_update(key_share=True))
    if run is None:
        raise NotFound()
    return run


async def put_snapshot(viewer: Viewer, session: WriteSession, run_id: UUID, scorecards: pa.Table) -> Run:
    """Store a run's whole snapshot (canonical). The same again is a no-op; another one is taken until the run is computed.

    Raises NotAllowed, NotFound, SnapshotFixed, WrongState, SnapshotInvalid.
    """
    viewer.require("runs.send")
    run = await lock_run(session, run_id)
    _check_period(run, scorecards)
    snapshot_digest = digest(scorecards)
    if run.snapshot_digest == snapshot_digest:
        return run
    if run.status not in {"open", "received"}:
        raise SnapshotFixed("This run was computed from another snapshot. Supersede it and send a new run.", run_status=run.status)
    earlier = delete(SnapshotChunk).where(SnapshotChunk.organization_id == session.organization_id, SnapshotChunk.run_id == run_id)
    await session.execute(earlier)
    for number, chunk in enumerate(chunks(scorecards)):
        await session.execute(insert(SnapshotChunk), [_chunk_row(session, run_id, number, chunk)])
    run.status, run.received_at = "received", session.now
    run.snapshot_digest, run.scorecard_count = snapshot_digest, scorecards.num_rows
    await audit.record(session, viewer.subject, "run.snapshot_received", "run", run_id, digest=snapshot_digest)
    await events.record(session, "run.received", "run", run_id, cycle_code=run.cycle_code, scorecard_count=run.scorecard_count)
    return run


def _chunk_row(session: WriteSession, run_id: UUID, number: int, chunk: pa.Table) -> dict[str, object]:
    key = {"organization_id": session.organization_id, "id": new_id()}
    return {**key, "run_id": run_id, "number": number, "content": to_bytes(chunk)}


def _check_period(run: Run, scorecards: pa.Table) -> None:
    if not scorecards.num_rows:
        raise snapshot_problem("no_scorecards", "scorecards", "There is none. A run needs at least one.")
    first, last = pc.min(scorecards["period_start"]).as_py(), pc.max(scorecards["period_end"]).as_py()
    if first < run.period_start or last > run.period_end:
        raise snapshot_problem("outside_period", "period_start", f"Scorecards run from {first} to {last}, beyond the run's own period.")


def require_computable(viewer: Viewer, run: Run) -> None:
    """Raises NotAllowed, WrongState."""
    viewer.require("runs.send")
    require_next(run.status, "computed")


def require_releasable(viewer: Viewer, run: Run) -> None:
    """Raises NotAllowed, WrongState."""
    viewer.require("runs.release")
    require_next(run.status, "released")


def require_supersedable(viewer: Viewer, run: Run) -> None:
    """Raises NotAllowed, WrongState."""
    viewer.require("runs.supersede")
    require_next(run.status, "superseded")


async def request_compute(viewer: Viewer, session: WriteSession, run_id: UUID) -> Run:
    """Have the worker compute a run: from its snapshot, and from pay bases and plans as they stand then. Once approved, a no-op.

    Raises NotAllowed, NotFound, WrongState.
    """
    viewer.require("runs.send")
    run = await lock_run(session, run_id)
    if run.status in {"approved", "released"}:
        return run
    require_computable(viewer, run)
    run.requested_by, run.requester_id, run.compute_request = viewer.subject, viewer.person_id, new_id()
    await audit.record(session, viewer.subject, "run.compute_requested", "run", run_id)
    await jobs.enqueue(session, COMPUTE, {"run_id": run_id}, once_key=str(run_id))
    return run


async def release(viewer: Viewer, session: WriteSession, run_id: UUID) -> Run:
    """Release an approved run to people and payroll; again is harmless. Raises NotAllowed, NotFound, WrongState, StaleRun."""
    viewer.require("runs.release")
    await session.execute(RELEASE_LOCK, {"id": str(session.organization_id)})
    run = await lock_run(session, run_id)
    if run.status == "released":
        return run
    require_releasable(viewer, run)
    stale = await session.scalar(STALE, {"organization_id": session.organization_id, "run_id": run_id})
    if stale:
        raise StaleRun(f"For {stale} of its scorecards something was released since. Supersede it and send the run again.")
    run.status, run.released_by, run.released_at = "released", viewer.subject, session.now
    await audit.record(session, viewer.subject, "run.released", "run", run_id)
    await events.record(session, "run.released", "run", run_id, cycle_code=run.cycle_code)
    await _tell_payouts(session, run_id)
    return run


async def _tell_payouts(session: WriteSession, run_id: UUID) -> None:
    """Events that name the released payouts, many in one."""
    wanted = select(RunLine.id, RunLine.person_id).where(RunLine.run_id == run_id, RunLine.amount.is_not(None)).order_by(RunLine.id)
    lines = (await session.execute(wanted)).all()
    for start in range(0, len(lines), PAYOUTS_PER_EVENT):
        part = lines[start : start + PAYOUTS_PER_EVENT]
        payouts, people = [str(line_id) for line_id, _ in part], [str(person_id) for _, person_id in part]
        await events.record(session, "payout.released", "run", run_id, payout_ids=payouts, person_ids=people)


async def supersede(viewer: Viewer, session: WriteSession, run_id: UUID) -> Run:
    """Set aside a run that is not released; again is harmless. Raises NotAllowed, NotFound, WrongState."""
    viewer.require("runs.supersede")
    run = await lock_run(session, run_id)
    if run.status == "superseded":
        return run
    require_supersedable(viewer, run)
    run.status, run.superseded_by, run.superseded_at = "superseded", viewer.subject, session.now
    await audit.record(session, viewer.subject, "run.superseded", "run", run_id)
    await events.record(session, "run.superseded", "run", run_id, cycle_code=run.cycle_code)
    return run
