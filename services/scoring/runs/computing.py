"""The work of computing a run in one transaction: either every line and the new state are there, or nothing is.

Inputs are gathered slice by slice; the engine then scores all slices of one plan version as batches, since a pool looks at everybody. It
runs in a thread: its arithmetic leaves the interpreter free, so the event loop goes on. With a Dask cluster the batches are computed there.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
from sqlalchemy import insert, select, text

from chassis import events
from chassis.database import WriteSession
from chassis.identifiers import new_id
from scoring.engine import ENGINE_SEMANTICS_VERSION, Plan, Result, compact
from scoring.engine.batches import Batch, Each, here, score_batches
from scoring.plans.documents import plan_of
from scoring.plans.queries import plans_on, version_sources
from scoring.runs.inputs import Group, engine_inputs
from scoring.runs.models import Run, RunResult, SnapshotChunk
from scoring.runs.results import failed_lines, scored_lines
from scoring.runs.storage import clear_results, copy_lines, pay_bases, write_lines
from scoring.snapshots.canonical import digest, from_bytes, to_bytes

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('run:' || :id, 0))")

COMPUTABLE: Final = {"received", "computed"}

Slices = dict[UUID, list[tuple[int, Group]]]
"""By plan version: the parts of each slice, with the slice's number."""


async def compute_run(session: WriteSession, run_id: UUID, each: Each = here) -> None:
    """Compute a run for which that is asked; any other is left alone, so a late or repeated job does no harm."""
    await session.execute(LOCK, {"id": str(run_id)})
    run = await session.scalar(select(Run).where(Run.id == run_id))
    if run is None or run.snapshot_digest is None or run.compute_request is None or run.status not in COMPUTABLE:
        return
    await clear_results(session, run_id)
    groups = await _gather(session, run)
    sources = await version_sources(session, set(groups))
    parts = [run.snapshot_digest, f"engine {ENGINE_SEMANTICS_VERSION}"]
    for version_id, slices in sorted(groups.items(), key=lambda item: sources[item[0]].digest):
        plan = plan_of(sources[version_id].source)
        people = pa.concat_tables([group.people for _, group in slices])
        parts += [plan.digest, await asyncio.to_thread(digest, people)]
        await _score(session, run_id, version_id, plan, slices, each)
    totals = await write_lines(session, run)
    await _finish(session, run, hashlib.sha256("\n".join(parts).encode()).hexdigest(), totals)


async def _gather(session: WriteSession, run: Run) -> Slices:
    """The engine's inputs; scorecards that cannot be scored become failed lines at once."""
    groups: Slices = defaultdict(list)
    numbers = select(SnapshotChunk.number).where(SnapshotChunk.run_id == run.id).order_by(SnapshotChunk.number)
    for number in (await session.scalars(numbers)).all():
        found, failed = await _slice_inputs(session, run, number)
        if failed.num_rows:
            await copy_lines(session, failed_lines(number, failed))
        for group in found:
            groups[group.plan_version_id].append((number, group))
    return groups


async def _slice_inputs(session: WriteSession, run: Run, number: int) -> tuple[list[Group], pa.Table]:
    content = select(SnapshotChunk.content).where(SnapshotChunk.run_id == run.id, SnapshotChunk.number == number)
    scorecards = await asyncio.to_thread(from_bytes, (await session.scalars(content)).one())
    people = [UUID(id_) for id_ in scorecards["person_id"].to_pylist()]
    days: list[date] = scorecards["period_end"].to_pylist()
    period = (run.period_start, run.period_end)
    plans = await plans_on(session, list(zip(people, days, strict=True)))
    bases = await pay_bases(session, people, period)
    return await asyncio.to_thread(engine_inputs, scorecards, period, plans, bases)


async def _score(
    session: WriteSession, run_id: UUID, version_id: UUID, plan: Plan, slices: Sequence[tuple[int, Group]], each: Each
) -> None:
    """Score all people of one plan version; keep inputs and answers by slice for explanations."""
    batches = await asyncio.to_thread(lambda: [(compact(group.lines), compact(group.people)) for _, group in slices])
    results = await asyncio.to_thread(lambda: list(score_batches(plan, batches, each=each)))
    for (number, group), batch, own in zip(slices, batches, results, strict=True):
        kept = await asyncio.to_thread(_kept, batch, own)
        key = {"organization_id": session.organization_id, "id": new_id(), "run_id": run_id, "number": number}
        await session.execute(insert(RunResult), [{**key, "plan_version_id": version_id, **kept}])
        await copy_lines(session, await asyncio.to_thread(scored_lines, number, version_id, plan, group.booking, own))


def _kept(batch: Batch, result: Result) -> dict[str, bytes]:
    lines, people = batch
    tables = {"lines": lines, "people": people, "line_results": result.lines, "person_results": result.people}
    return {name: to_bytes(table) for name, table in tables.items()}


async def _finish(session: WriteSession, run: Run, input_digest: str, totals: dict[str, Any]) -> None:
    """Set the run's new state, unless something happened to it in the meantime: then nothing of this computation stays.

    Who asked again meanwhile is served by a job of their own.
    """
    snapshot_digest, request = run.snapshot_digest, run.compute_request
    await session.refresh(run, with_for_update={"key_share": True})
    if run.status not in COMPUTABLE or run.snapshot_digest != snapshot_digest:
        raise RunChanged(f"run {run.id} became {run.status} while it was computed")
    run.status, run.computed_at, run.totals = "computed", session.now, totals
    run.compute_request = None if run.compute_request == request else run.compute_request
    run.input_digest, run.engine_version = f"sha256:{input_digest}", ENGINE_SEMANTICS_VERSION
    facts = {name: totals[name] for name in ("line_count", "failed_count")}
    await events.record(session, "run.computed", "run", run.id, cycle_code=run.cycle_code, **facts)


class RunChanged(Exception):
    """The run changed under the computation; the job is tried again and then finds what is to be done."""
