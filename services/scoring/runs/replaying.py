"""Replaying a run: its stored inputs scored once more by its plan versions, every byte compared with what was answered then (design 6).

Nothing is written. What a run was computed from is kept with it and never changed, so that a year later, when pay bases and plans have long
been others, the same lines come out. A difference says that a stored row, or the engine, was altered.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.numbers import plain_text
from scoring.engine import ENGINE_SEMANTICS_VERSION, Plan, compact, score
from scoring.engine.result import published
from scoring.engine.snapshot import PEOPLE
from scoring.plans.documents import plan_of
from scoring.plans.queries import version_sources
from scoring.runs.models import Run, RunLine, RunResult, SnapshotChunk
from scoring.runs.problems import NotReplayable
from scoring.runs.queries import run_lines
from scoring.snapshots.canonical import digest, from_bytes
from scoring.snapshots.facts import engine_lines

_SLICES = select(SnapshotChunk.number, SnapshotChunk.content).order_by(SnapshotChunk.number)
_FIGURES = ["scorecard_id", "composite", "amount"]

NAMED = 100
"""So many differences are named; all are counted."""


Figure = Literal["composite", "payout"]


@dataclass(frozen=True)
class Difference:
    """A figure of a scorecard's line that came out otherwise. Exact decimals as text; None is no figure."""

    scorecard_id: UUID
    person_id: UUID
    figure: Figure
    stored: str | None
    replayed: str | None


@dataclass
class Replay:
    """What a run's replay gave, beside what was stored. Digests are SHA-256 over what went in and over each byte that came out."""

    engine_version: int
    snapshot_digest: str
    replayed_snapshot_digest: str
    input_digest: str
    replayed_input_digest: str
    result_digest: str
    replayed_result_digest: str
    line_count: int
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether everything came out as it is stored."""
        pairs = (
            (self.snapshot_digest, self.replayed_snapshot_digest),
            (self.input_digest, self.replayed_input_digest),
            (self.result_digest, self.replayed_result_digest),
        )
        return not self.difference_count and all(stored == replayed for stored, replayed in pairs)

    def differs(self, difference: Difference) -> None:
        """Count a difference, and name it while there are few."""
        self.difference_count += 1
        if len(self.differences) < NAMED:
            self.differences.append(difference)


async def replay(viewer: Viewer, session: ReadSession, run: Run) -> Replay:
    """Score a computed run anew from what is stored with it. For who sees its lines.

    Raises NotFound, NotAllowed, NotReplayable where it has not been computed, or by an engine that this one does not hold.
    """
    await run_lines(viewer, session, run.id)
    if run.snapshot_digest is None or run.input_digest is None or run.engine_version is None:
        raise NotReplayable("It has not been computed yet.")
    if run.engine_version != ENGINE_SEMANTICS_VERSION:
        raise NotReplayable(f"It was computed by version {run.engine_version} of the engine's rules; here is {ENGINE_SEMANTICS_VERSION}.")
    slices = {row.number: row.content for row in await session.execute(_SLICES.where(SnapshotChunk.run_id == run.id))}
    stored = (await session.scalars(select(RunResult).where(RunResult.run_id == run.id).order_by(RunResult.number))).all()
    lines = (await session.scalars(select(RunLine).where(RunLine.run_id == run.id).order_by(RunLine.person_id, RunLine.id))).all()
    by_version: dict[UUID, list[RunResult]] = defaultdict(list)
    for result in stored:
        by_version[result.plan_version_id].append(result)
    sources = await version_sources(session, set(by_version))
    versions = sorted(by_version, key=lambda version_id: sources[version_id].digest)
    parts = [(plan_of(sources[version_id].source), by_version[version_id]) for version_id in versions]
    return await asyncio.to_thread(_replayed, run, slices, parts, lines)


def _replayed(run: Run, slices: Mapping[int, bytes], parts: Sequence[tuple[Plan, Sequence[RunResult]]], lines: Sequence[RunLine]) -> Replay:
    scorecards = {number: from_bytes(content) for number, content in slices.items()}
    snapshot = digest(pa.concat_tables(scorecards.values()))
    inputs, before, after = [snapshot, f"engine {ENGINE_SEMANTICS_VERSION}"], hashlib.sha256(), hashlib.sha256()
    figures: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for plan, stored in parts:
        people = _people(stored)
        inputs += [plan.digest, digest(people)]
        result = score(plan, compact(_lines(scorecards, stored)), compact(people))
        for name, found in (("line_results", result.lines), ("person_results", result.people)):
            kept = pa.concat_tables([from_bytes(getattr(part, name)) for part in stored], promote_options="permissive")
            before.update(digest(published(kept)).encode())
            after.update(digest(published(found.select(kept.column_names))).encode())
        figures |= {row["scorecard_id"]: (row["composite"], row["amount"]) for row in result.people.select(_FIGURES).to_pylist()}
    replayed = Replay(
        engine_version=ENGINE_SEMANTICS_VERSION,
        snapshot_digest=str(run.snapshot_digest),
        replayed_snapshot_digest=snapshot,
        input_digest=str(run.input_digest),
        replayed_input_digest=_named(hashlib.sha256("\n".join(inputs).encode())),
        result_digest=_named(before),
        replayed_result_digest=_named(after),
        line_count=len(lines),
    )
    for line in lines:
        for difference in _differences(line, figures):
            replayed.differs(difference)
    return replayed


def _lines(scorecards: Mapping[int, pa.Table], stored: Sequence[RunResult]) -> pa.Table:
    """The lines of the snapshot for the people whom a plan version scored, in their order."""
    tables = []
    for part in stored:
        own = from_bytes(part.people)["scorecard_id"].cast(pa.string())
        whole = scorecards[part.number]
        tables.append(engine_lines(whole.filter(pc.is_in(whole["scorecard_id"], value_set=own.combine_chunks()))))
    return pa.concat_tables(tables, promote_options="default")


def _people(stored: Sequence[RunResult]) -> pa.Table:
    """The people with their pay facts, in the types that they were gathered in."""
    tables = [from_bytes(part.people) for part in stored]
    return pa.concat_tables([table.cast(pa.schema([PEOPLE.field(name) for name in table.column_names])) for table in tables])


def _differences(line: RunLine, figures: Mapping[str, tuple[Decimal | None, Decimal | None]]) -> Iterator[Difference]:
    """What a stored line says otherwise. One that failed before the engine has no figure, one that failed after it no payout."""
    composite, payout = figures.get(str(line.scorecard_id), (None, None))
    pairs: list[tuple[Figure, Decimal | None, Decimal | None]] = [("composite", line.composite, composite)]
    if line.error_code is None:
        pairs.append(("payout", line.payout, payout))
    for name, before, after in pairs:
        if before != after:
            yield Difference(line.scorecard_id, line.person_id, name, _text(before), _text(after))


def _text(figure: Decimal | None) -> str | None:
    """Without zeros at the end: lines are stored so, the engine's figures carry all places of their step."""
    text = None if figure is None else plain_text(figure)
    return text.rstrip("0").rstrip(".") if text and "." in text else text


def _named(state: Any) -> str:
    return f"sha256:{state.hexdigest()}"
