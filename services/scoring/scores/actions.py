"""Scoring scorecards as they stand: pure computation, nothing is stored."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import FieldError, Invalid
from scoring.engine import ENGINE_SEMANTICS_VERSION, Plan, score
from scoring.engine.snapshot import PEOPLE
from scoring.plans.documents import plan_of, source_of
from scoring.plans.queries import NO_PLAN, NoPlan, plans_on, version_sources
from scoring.scores.schemas import LineScore, Score, ScoreError, ScoresIn
from scoring.snapshots.documents import ScorecardIn, table_of
from scoring.snapshots.facts import engine_lines


async def score_scorecards(viewer: Viewer, session: ReadSession, content: ScoresIn) -> list[Score]:
    """The scores, in the order sent; a scorecard in error stops only itself. Raises NotAllowed, Invalid, PlanInvalid."""
    viewer.require("scores.compute")
    _refuse_repeats(content.scorecards)
    plans = await _plans(session, content)
    by_plan: dict[str, list[ScorecardIn]] = defaultdict(list)
    scores: dict[UUID, Score] = {}
    for scorecard in content.scorecards:
        plan = plans[scorecard.scorecard_id]
        if isinstance(plan, NoPlan):
            scores[scorecard.scorecard_id] = _error(scorecard.scorecard_id, plan.code, NO_PLAN[plan.code])
        else:
            by_plan[plan].append(scorecard)
    for source, own in by_plan.items():
        for found in await asyncio.to_thread(_score, plan_of(source), own):
            scores[found.scorecard_id] = found
    return [scores[scorecard.scorecard_id] for scorecard in content.scorecards]


def _refuse_repeats(scorecards: Sequence[ScorecardIn]) -> None:
    seen: set[UUID] = set()
    for place, scorecard in enumerate(scorecards):
        if scorecard.scorecard_id in seen:
            field, message = f"/scorecards/{place}/scorecard_id", "This scorecard stands twice; send each once."
            raise Invalid(message, errors=[FieldError(field=field, code="repeated_scorecard", message=message)])
        seen.add(scorecard.scorecard_id)


async def _plans(session: ReadSession, content: ScoresIn) -> Mapping[UUID, str | NoPlan]:
    """The source of each scorecard's plan."""
    if content.plan is not None:
        source = source_of(content.plan)
        plan_of(source)
        return {scorecard.scorecard_id: source for scorecard in content.scorecards}
    found = await plans_on(session, [(scorecard.person_id, scorecard.period_end) for scorecard in content.scorecards])
    versions = await version_sources(session, {plan for plan in found if isinstance(plan, UUID)})
    sources = [plan if isinstance(plan, NoPlan) else versions[plan].source for plan in found]
    return {scorecard.scorecard_id: source for scorecard, source in zip(content.scorecards, sources, strict=True)}


def _score(plan: Plan, scorecards: Sequence[ScorecardIn]) -> list[Score]:
    table = table_of(scorecards)
    people = pa.Table.from_pylist([_person(scorecard) for scorecard in scorecards], schema=PEOPLE)
    result = score(plan, engine_lines(table), people, pay=False)
    lines: dict[str, list[LineScore]] = defaultdict(list)
    for row in result.lines.drop_columns(["steps"]).to_pylist():
        lines[row["scorecard_id"]].append(_line(row))
    errors: dict[str, dict[str, Any]] = {}
    for error in result.errors.to_pylist():
        errors.setdefault(error["scorecard_id"], error)
    return [_scored(plan, row, lines, errors) for row in result.people.drop_columns(["steps"]).to_pylist()]


def _person(scorecard: ScorecardIn) -> dict[str, Any]:
    return {
        "scorecard_id": str(scorecard.scorecard_id),
        "person_id": str(scorecard.person_id),
        "rating": scorecard.rating,
        "period_starts_on": scorecard.period_start,
        "period_ends_on": scorecard.period_end,
    }


def _line(row: Mapping[str, Any]) -> LineScore:
    same = {name: row[name] for name in ("line", "attainment_raw", "attainment_capped", "score")}
    return LineScore(**same, weight=row["weight_used"], reason=row["reason_code"])


def _scored(plan: Plan, row: Mapping[str, Any], lines: Mapping[str, list[LineScore]], errors: Mapping[str, Mapping[str, Any]]) -> Score:
    id_ = row["scorecard_id"]
    facts = {"lines": lines[id_], "plan_digest": plan.digest, "engine_version": ENGINE_SEMANTICS_VERSION}
    if row["failed"]:
        error = errors[id_]
        line = "" if error["line"] is None else f"Line {error['line']}: "
        return Score(scorecard_id=id_, **facts, error=ScoreError(code=error["code"], message=f"{line}{error['message']}"))
    return Score(scorecard_id=id_, **facts, composite=row["composite"])


def _error(scorecard_id: UUID, code: str, message: str) -> Score:
    return Score(scorecard_id=scorecard_id, engine_version=ENGINE_SEMANTICS_VERSION, error=ScoreError(code=code, message=message))
