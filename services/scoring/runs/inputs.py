"""From a slice of the snapshot to what the engine reads: by plan version, its lines and its people with their pay facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa

from scoring.engine.snapshot import PEOPLE
from scoring.plans.queries import NoPlan
from scoring.runs.pay_facts import Basis, NoPay, PayFacts, Segment, pay_facts
from scoring.snapshots.facts import engine_lines

PLAN_SENTENCES = {
    "no_plan": "No plan is assigned to the person on the last day of the scorecard.",
    "two_plans": "Two plan assignments hold for the person on the last day of the scorecard.",
}


@dataclass(frozen=True)
class Failure:
    """A scorecard that could not be handed to the engine, or that the engine could not score."""

    code: str
    message: str


@dataclass(frozen=True)
class Scored:
    """What goes into one scorecard's line besides the engine's answer."""

    scorecard_id: str
    person_id: str
    period_start: date
    period_end: date
    basis: Basis | None
    failure: Failure | None = None


@dataclass(frozen=True)
class Group:
    """The part of a slice that one plan version scores."""

    plan_version_id: UUID
    lines: pa.Table
    people: pa.Table
    scorecards: list[Scored]


Plans = Mapping[tuple[UUID, date], UUID | NoPlan]


def engine_inputs(
    scorecards: pa.Table, period: tuple[date, date], plans: Plans, bases: Mapping[str, Sequence[Basis]]
) -> tuple[list[Group], list[Scored]]:
    """The slice by plan version, and the scorecards that cannot be scored. `period` is the run's: what a full bonus is for."""
    rows = scorecards.select(["scorecard_id", "person_id", "period_start", "period_end", "rating", "segments"]).to_pylist()
    by_plan: dict[UUID, list[tuple[int, dict[str, Any], Scored]]] = defaultdict(list)
    failed: list[Scored] = []
    for place, row in enumerate(rows):
        plan, facts = plans[UUID(row["person_id"]), row["period_end"]], pay_facts(_segments(row), bases.get(row["person_id"], []))
        failure = _failure(plan, facts)
        basis = facts.last if isinstance(facts, PayFacts) else None
        scored = Scored(row["scorecard_id"], row["person_id"], row["period_start"], row["period_end"], basis, failure)
        if isinstance(plan, UUID) and isinstance(facts, PayFacts):
            by_plan[plan].append((place, _person(row, period, facts), scored))
        else:
            failed.append(scored)
    return [_group(scorecards, plan, members) for plan, members in sorted(by_plan.items())], failed


def _failure(plan: UUID | NoPlan, facts: PayFacts | NoPay) -> Failure | None:
    if isinstance(plan, NoPlan):
        return Failure(plan.code, PLAN_SENTENCES[plan.code])
    return Failure(facts.code, facts.message) if isinstance(facts, NoPay) else None


def _segments(row: Mapping[str, Any]) -> list[Segment]:
    """The counted days in order; without segments, the scorecard's whole period."""
    if row["segments"] is None:
        return [Segment(row["period_start"], row["period_end"], None)]
    counted = [Segment(part["from"], part["to"], part["fte"]) for part in row["segments"] if part["counted"] is not False]
    return sorted(counted, key=lambda segment: segment.first)


def _person(row: Mapping[str, Any], period: tuple[date, date], facts: PayFacts) -> dict[str, Any]:
    # The engine takes a person without segments as assigned throughout; somebody with no counted day gets one that lies outside the period.
    outside = period[1] + timedelta(days=1)
    return {
        "scorecard_id": row["scorecard_id"],
        "person_id": row["person_id"],
        "currency": facts.last.currency,
        "salary": facts.last.salary,
        "target_bonus_share": facts.last.target_bonus_share,
        "target_bonus_amount": facts.last.target_bonus_amount,
        "rating": row["rating"],
        "period_starts_on": period[0],
        "period_ends_on": period[1],
        "segments": facts.segments or [{"starts_on": outside, "ends_on": outside}],
    }


def _group(scorecards: pa.Table, plan: UUID, members: Sequence[tuple[int, dict[str, Any], Scored]]) -> Group:
    places = [place for place, *_ in members]
    part = scorecards if len(places) == scorecards.num_rows else scorecards.take(pa.array(places))
    people = pa.Table.from_pylist([person for _, person, _ in members], schema=PEOPLE)
    return Group(plan, engine_lines(part), people, [scored for *_, scored in members])
