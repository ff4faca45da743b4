"""Reading payouts: one's own once released; all of them, released or not, for those who manage and approve pay."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Select, and_, or_, select

from chassis.access import Viewer
from chassis.audit import AuditRecord
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.access.sight import sees_of_person
from scoring.engine import ENGINE_SEMANTICS_VERSION, Answers, Explanation, answer, explain
from scoring.engine.result import result_of
from scoring.plans.documents import plan_of
from scoring.plans.models import Plan, PlanVersion
from scoring.runs.models import Run, RunLine, RunResult, SnapshotChunk
from scoring.snapshots.canonical import from_bytes


def payouts(viewer: Viewer, *, person_id: UUID | None = None) -> Select[RunLine]:
    """Released payouts that the viewer may see: one's own, or everybody's by role."""
    statement = select(RunLine).join(Run, _same_run()).where(Run.status == "released", sees_of_person(viewer, "payout", RunLine.person_id))
    return statement if person_id is None else statement.where(RunLine.person_id == person_id)


def _same_run() -> Any:
    return and_(Run.organization_id == RunLine.organization_id, Run.id == RunLine.run_id)


async def runs_of(session: ReadSession, lines: list[RunLine]) -> Mapping[UUID, Run]:
    """The runs of lines that were found for a viewer."""
    return {run.id: run for run in await session.scalars(select(Run).where(Run.id.in_({line.run_id for line in lines})))}


async def payout(viewer: Viewer, session: ReadSession, payout_id: UUID) -> tuple[RunLine, Run]:
    """A payout with its run: one's own once it is released, any for those who manage and approve pay. Raises NotFound."""
    released = and_(Run.status == "released", sees_of_person(viewer, "payout", RunLine.person_id))
    in_sight = or_(sees_of_person(viewer, "run_line", RunLine.person_id), released)
    found = (await session.execute(select(RunLine, Run).join(Run, _same_run()).where(RunLine.id == payout_id, in_sight))).one_or_none()
    if found is None:
        raise NotFound()
    return found


PAY_READ = ("pay_basis.read", "pay_due.read", "payout.read", "payroll_line.read", "person.exported", "run_line.read")


def reads_of(person_id: UUID) -> ColumnElement[bool]:
    """The audit records that tell of reads of a person's pay."""
    record = AuditRecord
    return and_(record.subject_type == "person", record.subject_id == person_id, record.action.in_(PAY_READ))


@dataclass(frozen=True)
class Origin:
    """Where a payout came from: the scorecard as it was sent, how each line counted, the plan version, every step explained."""

    scorecard: Mapping[str, Any]
    line_results: Mapping[int, Mapping[str, Any]]
    plan: Plan | None
    version: PlanVersion | None
    explanation: Explanation | None


async def answers(session: ReadSession, line: RunLine) -> Answers:
    """What a payout that was found for a viewer would have needed. Raises NotFound where no plan scored it, SnapshotInvalid."""
    if line.plan_version_id is None:
        raise NotFound()
    version = (await session.scalars(select(PlanVersion).where(PlanVersion.id == line.plan_version_id))).one()
    kept = await _kept(session, line, version)
    lines, people = (_own(from_bytes(content), line) for content in (kept.lines, kept.people))
    return await asyncio.to_thread(answer, plan_of(version.source), lines, people)


async def _kept(session: ReadSession, line: RunLine, version: PlanVersion) -> RunResult:
    """What the engine read and answered for the part of the run that holds the line."""
    stored = select(RunResult).where(RunResult.run_id == line.run_id, RunResult.number == line.number)
    return (await session.scalars(stored.where(RunResult.plan_version_id == version.id))).one()


async def origin(session: ReadSession, line: RunLine) -> Origin:
    """The origin of a payout that was found for a viewer."""
    chunk = select(SnapshotChunk.content).where(SnapshotChunk.run_id == line.run_id, SnapshotChunk.number == line.number)
    scorecard = _own(from_bytes((await session.scalars(chunk)).one()), line).to_pylist()[0]
    if line.plan_version_id is None:
        return Origin(scorecard, {}, None, None, None)
    version = (await session.scalars(select(PlanVersion).where(PlanVersion.id == line.plan_version_id))).one()
    plan = (await session.scalars(select(Plan).where(Plan.id == version.plan_id))).one()
    kept = await _kept(session, line, version)
    lines, people, line_results, person_results = (
        _own(from_bytes(content), line) for content in (kept.lines, kept.people, kept.line_results, kept.person_results)
    )
    result = result_of(line_results, person_results, ENGINE_SEMANTICS_VERSION)
    counted = {row["line"]: row for row in line_results.drop_columns(["steps"]).to_pylist()}
    return Origin(scorecard, counted, plan, version, explain(plan_of(version.source), lines, people, result=result))


def _own(table: pa.Table, line: RunLine) -> pa.Table:
    return table.filter(pc.equal(table["scorecard_id"].cast(pa.string()), str(line.scorecard_id)))
