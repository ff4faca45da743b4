"""Two versions of a plan on the scorecards that a run paid by it."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pyarrow as pa
from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from scoring.engine.comparing import MoneyDifference, money_difference
from scoring.engine.snapshot import LINES, PEOPLE
from scoring.plans import queries as plan_queries
from scoring.plans.documents import plan_of
from scoring.plans.models import PlanVersion
from scoring.runs.models import RunResult
from scoring.runs.queries import run as find_run
from scoring.simulations.problems import NothingToCompare, TooManyScorecards
from scoring.snapshots.canonical import from_bytes

MOST_SCORECARDS: Final = 20_000
"""What one request scores twice in a few seconds; larger runs are compared by `sightline plan diff`."""


async def plan_money_difference(viewer: Viewer, session: ReadSession, run_id: UUID, code: str, before: int, after: int) -> MoneyDifference:
    """What each scorecard of the run that some version of the plan paid would be paid by two of its versions.

    For those who see the lines of runs. Raises NotAllowed, NotFound, NothingToCompare, TooManyScorecards.
    """
    run = await find_run(viewer, session, run_id)
    viewer.require_sight("run_line")
    if run.scorecard_count > MOST_SCORECARDS:
        raise TooManyScorecards(
            f"The run has {run.scorecard_count} scorecards; up to {MOST_SCORECARDS} are compared here. Use `sightline plan diff`."
        )
    old = await plan_queries.version(viewer, session, code, before)
    new = await plan_queries.version(viewer, session, code, after)
    kept = await _results(session, run_id, old.plan_id)
    if not kept:
        raise NothingToCompare("No scorecard of this run was computed by a version of this plan.")
    return await asyncio.to_thread(_compared, old.source, new.source, [(row.lines, row.people) for row in kept])


async def _results(session: ReadSession, run_id: UUID, plan_id: UUID) -> Sequence[RunResult]:
    """What the engine read for this plan, whichever version of it."""
    versions = select(PlanVersion.id).where(PlanVersion.plan_id == plan_id)
    wanted = select(RunResult).where(RunResult.run_id == run_id, RunResult.plan_version_id.in_(versions))
    return (await session.scalars(wanted.order_by(RunResult.number, RunResult.plan_version_id))).all()


def _compared(before: str, after: str, kept: Sequence[tuple[bytes, bytes]]) -> MoneyDifference:
    lines = pa.concat_tables([_widened(from_bytes(content), LINES) for content, _ in kept], promote_options="default")
    people = pa.concat_tables([_widened(from_bytes(content), PEOPLE) for _, content in kept], promote_options="default")
    return money_difference(plan_of(before), plan_of(after), lines, people)


def _widened(table: pa.Table, shape: pa.Schema) -> pa.Table:
    """The published types, which all chunks share."""
    known = set(shape.names)
    fields = [pa.field(field.name, shape.field(field.name).type if field.name in known else field.type) for field in table.schema]
    return table.cast(pa.schema(fields))
